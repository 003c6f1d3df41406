// What pages say to main: three things, each decoded, and only from a page of this app's own.
import type { Account } from "./account.ts"
import { channels } from "./channels.ts"
import type { IpcMain, Sender } from "./electron.ts"
import { isOurs } from "./origin.ts"

/** Only the page itself: a frame in it is not the app. */
const isTrusted = ({ senderFrame }: Sender): boolean =>
  senderFrame !== null && senderFrame.parent === null && isOurs(senderFrame.url)

const isToken = (value: unknown): value is string =>
  typeof value === "string" && value.length > 0 && value.length <= 1000

const isNumber = (value: unknown): value is number => Number.isSafeInteger(value)

// Says nothing of what came: it may have been a token.
const refused = () => new Error("main refuses this message")

export interface Heard {
  readonly account: Account
  /** A window says that it has sent what it could. */
  readonly flushed: (sender: number, id: number) => void
}

export const listen = (ipcMain: IpcMain, { account, flushed }: Heard): void => {
  ipcMain.handle(channels.signIn, async (event, ...args) => {
    const [token] = args
    if (!isTrusted(event) || args.length !== 1 || !isToken(token)) throw refused()
    return account.signIn(token)
  })
  ipcMain.handle(channels.signOut, async (event, ...args) => {
    if (!isTrusted(event) || args.length !== 0) throw refused()
    return account.signOut()
  })
  ipcMain.on(channels.flushed, (event, ...args) => {
    const [id] = args
    if (isTrusted(event) && args.length === 1 && isNumber(id)) flushed(event.sender.id, id)
  })
}
