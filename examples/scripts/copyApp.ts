// The app as one of its own, which needs nothing of this repository.
import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises"
import { basename, join, relative } from "node:path"

export interface CopyOptions {
  /** The app in this repository. */
  readonly from: string
  /** An empty folder, or one that does not exist yet. */
  readonly to: string
  /** The library, as `dependencies` name it. */
  readonly library: string
}

// and what a user may have in it of their own
const left = /^(node_modules|dist|dist-playground|coverage|\.env.*|\.DS_Store|.*\.log)$/

/** As npm takes it. */
const packageName = (folder: string): string =>
  basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-")
    .replace(/^-+|-+$/g, "") || "toggl-clients"

const isFull = async (folder: string): Promise<boolean> => {
  try {
    return (await readdir(folder)).length > 0
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false
    throw error
  }
}

/** Copies it. Rejects with a sentence, and nothing is written, where the folder is full or none. */
export const copyApp = async ({ from, library, to }: CopyOptions): Promise<void> => {
  let full: boolean
  try {
    full = await isFull(to)
  } catch {
    throw new Error(`${to} is no folder.`)
  }
  if (full) throw new Error(`${to} is not empty: give a new folder, or an empty one.`)
  await mkdir(to, { recursive: true })
  await cp(from, to, { recursive: true, filter: (path) => path === from || !left.test(basename(path)) })
  const file = join(to, "package.json")
  const text = await readFile(file, "utf8")
  const named = text
    .replace(/"name": "[^"]*"/, () => `"name": ${JSON.stringify(packageName(to))}`)
    .replace(/"effect-toggl-clients": "[^"]*"/, () => `"effect-toggl-clients": ${JSON.stringify(library)}`)
  await writeFile(file, named)
}

/** A tarball, as `dependencies` name it. */
export const tarball = (path: string, to: string): string => `file:${relative(to, path).replaceAll("\\", "/")}`
