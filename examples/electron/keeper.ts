// The session of the one user of this device. Its token lies in `userData`, encrypted with a key that the system keeps, or only in memory.
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { at, textAt } from "../pwa/server/http.ts"
import type { StoredSession } from "../pwa/server/sessions.ts"
import type { SafeStorage } from "./electron.ts"

export interface Keeper {
  /** Who was signed in when the app was left. `undefined` also where the file or the key cannot be read. */
  readonly load: () => StoredSession | undefined
  /** Keeps it, or forgets it. Throws where what is to be forgotten cannot be removed. */
  readonly changed: (session: StoredSession | undefined) => void
  /** Whether the token outlives the app. */
  readonly isKept: () => boolean
}

export interface KeeperOptions {
  readonly file: string
  readonly safeStorage: SafeStorage
  readonly platform: string
}

/** Whether what is encrypted is safe. With `basic_text` the key is in Electron's own source. */
const isSafe = ({ platform, safeStorage }: KeeperOptions): boolean => {
  try {
    if (!safeStorage.isEncryptionAvailable()) return false
    return platform !== "linux" || !["basic_text", "unknown"].includes(safeStorage.getSelectedStorageBackend())
  } catch {
    return false
  }
}

const isId = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0

const decode = (text: string, decrypt: (bytes: Buffer) => string): StoredSession | undefined => {
  const json: unknown = JSON.parse(text)
  const userId = at(json, "userId")
  const workspaceId = at(json, "workspaceId")
  const encrypted = textAt(json, "token")
  if (at(json, "version") !== 1 || !isId(userId) || encrypted === "") return undefined
  return {
    token: decrypt(Buffer.from(encrypted, "base64")),
    userId,
    name: textAt(json, "name"),
    email: textAt(json, "email"),
    workspaceId: isId(workspaceId) ? workspaceId : undefined
  }
}

/** On the disk before it takes the place of the old one: a crash leaves one of the two, whole. */
const write = (file: string, text: string): void => {
  const beside = `${file}.new`
  const descriptor = openSync(beside, "w", 0o600)
  try {
    writeFileSync(descriptor, text)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  renameSync(beside, file)
}

export const keeper = (options: KeeperOptions): Keeper => {
  const { file, safeStorage } = options
  let kept = isSafe(options)
  const forget = () => {
    rmSync(`${file}.new`, { force: true })
    rmSync(file, { force: true })
  }
  return {
    isKept: () => kept,
    load: () => {
      if (!kept) return undefined
      try {
        return decode(readFileSync(file, "utf8"), (bytes) => safeStorage.decryptString(bytes))
      } catch {
        // The key may be locked for now, so the file stays: the next sign-in writes it anew.
        return undefined
      }
    },
    changed: (session) => {
      kept = isSafe(options)
      if (session === undefined) return forget()
      const { token, ...rest } = session
      if (kept) {
        try {
          const encrypted = safeStorage.encryptString(token).toString("base64")
          return write(file, JSON.stringify({ version: 1, ...rest, token: encrypted }))
        } catch {
          kept = false
        }
      }
      // another's token must not come back at the next start
      forget()
    }
  }
}
