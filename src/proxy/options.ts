// What an app sets, and whether it can be right.
import { isLoopbackHost } from "../wire/loopback.js"

const toggl = "https://api.track.toggl.com/api/v9"

/**
 * Who is signed in to the app, as Toggl knows them.
 *
 * @since 0.1.0
 * @category models
 */
export interface ProxySession {
  /** Their Toggl API token. It signs the requests, and no answer of the proxy holds it. */
  readonly token: string
  /** The id of the Toggl user whose token it is, as `GET /me` gives it: keep it where you keep the token. */
  readonly userId: number
}

/**
 * What the proxy is told by the app that it stands in.
 *
 * @since 0.1.0
 * @category models
 */
export interface ProxyOptions {
  /**
   * The path under which the proxy answers, such as `/api/toggl`. It begins with a slash and ends without one. The app in the
   * browser names the same path as its `baseUrl`.
   */
  readonly prefix: string
  /**
   * Whose a request is. It gets the request, to look for the session's cookie, and must leave its body unread. `undefined` or
   * `null` is nobody: the app is told to sign in. Where it cannot tell now, let it throw: the app asks again later, and
   * what it throws is told to nobody.
   */
  readonly credentials: (request: Request) => ProxySession | null | undefined | Promise<ProxySession | null | undefined>
  /**
   * What sends the requests: `fetch` itself unless set. One of your own may neither send a request again nor follow a
   * redirect, and it decodes what is compressed and heeds `signal`, as `fetch` does.
   */
  readonly fetch?: typeof globalThis.fetch | undefined
  /**
   * How long all of a request may take, in milliseconds: asking for the credentials, reading the body, and Toggl's whole answer. 15,000
   * unless set. Keep it below the `requestLimit` of the app in the browser (20 seconds unless set there): an app that gives
   * up first never hears what the proxy knows.
   */
  readonly timeLimit?: number | undefined
  /** Where Toggl is: `https://api.track.toggl.com/api/v9` unless set. It is https, or http on this device itself. */
  readonly baseUrl?: string | URL | undefined
  /**
   * Other origins whose pages may ask, written as browsers send them: `https://app.example.com`. None unless set, for a page
   * of the proxy's own origin needs no leave. Name your app's origin too where TLS ends before this server: an old browser
   * that sends no `Sec-Fetch-Site` is let in by it.
   */
  readonly origins?: ReadonlyArray<string> | undefined
}

/** The same, checked and whole. `baseUrl` has no slash at its end. */
export interface Settings extends ProxyOptions {
  readonly timeLimit: number
  readonly baseUrl: string
  readonly origins: ReadonlyArray<string>
}

const parsed = (url: string | URL): URL | undefined => {
  try {
    return new URL(url)
  } catch {
    return undefined
  }
}

// No segment begins with a dot: a browser takes `.` and `..` out.
const isPrefix = (prefix: string): boolean => /^(\/[\w~-][\w.~-]*)+$/.test(prefix)

const isBaseUrl = (url: URL | undefined): boolean =>
  url !== undefined &&
  (url.protocol === "https:" || (url.protocol === "http:" && isLoopbackHost(url.hostname))) &&
  url.username + url.password + url.search + url.hash === ""

// `origin` itself is "null" where a scheme is not the web's, as in Electron
const isOrigin = (origin: string): boolean => {
  const url = parsed(origin)
  return url !== undefined && `${url.protocol}//${url.host}` === origin
}

// What a timer can wait for: one that is set to more ends at once.
const longest = 2 ** 31 - 1

const need = (isMet: boolean, setting: keyof ProxyOptions, remedy: string): void => {
  if (!isMet) throw new Error(`proxy: set ${setting} to ${remedy}`)
}

/** Fails with a plain error that says what to set. */
export const settingsOf = (options: ProxyOptions): Settings => {
  const { baseUrl = toggl, credentials, origins = [], prefix, timeLimit = 15_000 } = options
  const url = parsed(baseUrl)
  need(isPrefix(prefix), "prefix", "a path such as /api/toggl")
  need(typeof credentials === "function", "credentials", "a function that gives { token, userId }")
  need(timeLimit > 0 && timeLimit <= longest, "timeLimit", "milliseconds, such as 15000")
  need(isBaseUrl(url), "baseUrl", "an https URL, or http on loopback, with no user, query or fragment")
  need(Array.isArray(origins) && origins.every(isOrigin), "origins", "a list such as https://app.example.com")
  return { ...options, baseUrl: String(url).replace(/\/+$/, ""), origins, timeLimit }
}
