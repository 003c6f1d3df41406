// Where the app's own server is: beside the page, also where the app is served from a subfolder.

/** A path below the app's own, such as `api/session`. */
export const here = (path: string): string => new URL(path, document.baseURI).pathname

/**
 * Where Toggl is. The proxy on the page's own origin signs with the session; with `VITE_TOGGL_URL` the page asks that Toggl itself,
 * with a token that only the page has (Toggl lets in only pages of its allow-list).
 */
const direct = import.meta.env.VITE_TOGGL_URL

export const isDirect = direct !== undefined && direct !== ""

export const baseUrl = (): string => (isDirect && direct !== undefined ? direct : here("api/toggl"))
