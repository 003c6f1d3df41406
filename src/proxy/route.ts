// Which requests are let through, and where each goes. An address is made of what is known: integers, and the words below.

/** What a request asks Toggl for: `path` is under the base URL, with the query. */
export interface Route {
  readonly path: string
  readonly isMe: boolean
}

// With their ids as `#`, which no path holds. After `?` stand the keys that a query may have: with `_` the library asks past caches.
const known: ReadonlySet<string> = /*#__PURE__*/ new Set([
  "GET me",
  "GET me/logged",
  "GET workspaces/#/clients",
  "GET workspaces/#/clients?status",
  "GET workspaces/#/clients?name",
  "GET workspaces/#/clients?_",
  "POST workspaces/#/clients",
  "POST workspaces/#/clients/archive",
  "POST workspaces/#/clients/delete",
  "GET workspaces/#/clients/#",
  "GET workspaces/#/clients/#?_",
  "PUT workspaces/#/clients/#",
  "DELETE workspaces/#/clients/#",
  "POST workspaces/#/clients/#/archive",
  "POST workspaces/#/clients/#/restore"
])

/** Whether it is an id as it is always written: no sign, no leading zero, and no more than a number can hold. */
export const isId = (text: string): boolean => /^[1-9]\d{0,15}$/.test(text) && +text < 2 ** 53

/** `undefined` where the proxy does not let it through. */
export const routeOf = (prefix: string, { method, url }: Request): Route | undefined => {
  const { href, pathname, searchParams } = new URL(url)
  if (!pathname.startsWith(`${prefix}/`) || href.includes("#")) return undefined
  const segments = pathname.slice(prefix.length + 1).split("/")
  const shape = `${method} ${segments.map((segment) => (isId(segment) ? "#" : segment)).join("/")}`
  const keys = [...searchParams.keys()]
  const parts = [shape, ...keys.map((key) => `${shape}?${key}`)]
  // each once
  if (!parts.every((part) => known.has(part)) || new Set(parts).size < parts.length) return undefined
  const path = segments.map((segment) => (isId(segment) ? +segment : segment)).join("/")
  return { path: `/${path}${keys.length > 0 ? "?" : ""}${searchParams.toString()}`, isMe: shape === "GET me" }
}
