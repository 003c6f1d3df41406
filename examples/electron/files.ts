// The app's own files. Only what stood in the folder at the start can be had: no address leads out of it.
import { readdirSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { extname, join } from "node:path"

const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".jpg": "image/jpeg",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".mjs": "text/javascript; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".webp": "image/webp",
  ".woff2": "font/woff2"
}

// Mantine puts its styles into the page as it runs.
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'"
].join("; ")

const always = {
  "cache-control": "no-cache",
  "content-security-policy": policy,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff"
}

/** Paths as an address has them, and the file of each. A link in the folder is no file. */
const listed = (folder: string, path = ""): ReadonlyArray<readonly [path: string, file: string]> =>
  readdirSync(join(folder, path), { withFileTypes: true }).flatMap((entry) => {
    const inside = `${path}/${entry.name}`
    if (entry.isDirectory()) return listed(folder, inside)
    return entry.isFile() ? [[inside, join(folder, inside)]] : []
  })

const plain = (status: number, text: string, headers: Readonly<Record<string, string>> = {}): Response =>
  new Response(text, { status, headers: { ...always, "content-type": "text/plain; charset=utf-8", ...headers } })

/** `undefined` where it cannot be decoded. */
const pathOf = (url: string): string | undefined => {
  try {
    return decodeURIComponent(new URL(url).pathname)
  } catch {
    return undefined
  }
}

// An address of the app's own, such as `/clients/7`, has no ending.
const isPage = (path: string): boolean => !path.slice(path.lastIndexOf("/")).includes(".")

/** Serves the folder: files with their type, and `index.html` for each address without an ending. Throws where there is no `index.html`. */
export const files = (folder: string): ((request: Request) => Promise<Response>) => {
  const found = new Map(listed(folder))
  const index = found.get("/index.html")
  if (index === undefined) throw new Error(`There is no app in ${folder}. Build it first: npm run build`)
  return async ({ method, url }) => {
    if (method !== "GET" && method !== "HEAD") return plain(405, "This is a file.", { allow: "GET, HEAD" })
    const path = pathOf(url)
    const file = path === undefined ? undefined : (found.get(path) ?? (isPage(path) ? index : undefined))
    if (file === undefined) return plain(404, "There is no such file.")
    const type = types[extname(file).toLowerCase()] ?? "application/octet-stream"
    const body = method === "HEAD" ? null : await readFile(file)
    return new Response(body, { headers: { ...always, "content-type": type } })
  }
}
