// Whose page asks: one of the proxy's own origin, or of one that the app has named.

/**
 * Whether nothing says that another site's page asks. `none` is said of what a user has typed, which never has our header.
 * What is no browser, and an old one that reads from its own origin, says nothing.
 */
export const isSameOrigin = ({ headers, url }: Request): boolean => {
  const site = headers.get("sec-fetch-site") ?? ""
  return site === "" ? [null, new URL(url).origin].includes(headers.get("origin")) : site === "same-origin"
}

/**
 * What lets a page of a named origin ask, and read an answer with these headers. It may send whatever headers it wants to, for the app
 * trusts it.
 */
export const leave = (origin: string, asked: Headers, headers: object): Readonly<Record<string, string>> => ({
  "access-control-allow-origin": origin,
  "access-control-allow-credentials": "true",
  "access-control-allow-methods": "GET, POST, PUT, DELETE",
  "access-control-allow-headers": asked.get("access-control-request-headers") ?? "",
  "access-control-expose-headers": Object.keys(headers).join(),
  "access-control-max-age": "600"
})
