/**
 * A proxy on your app's own origin, between its pages and Toggl: Toggl lets web pages in only from origins on its
 * allow-list, and a page that holds no API token cannot lose one.
 *
 * @example
 * import { proxy } from "effect-toggl-clients/proxy"
 *
 * declare const sessionOf: (cookie: string | null) => Promise<{ token: string; userId: number } | undefined>
 *
 * export default {
 *   fetch: proxy({
 *     prefix: "/api/toggl",
 *     credentials: (request) => sessionOf(request.headers.get("cookie"))
 *   })
 * }
 *
 * @since 0.1.0
 */
import { handle } from "../proxy/handle.js"
import { settingsOf, type ProxyOptions } from "../proxy/options.js"

export {
  /**
   * @since 0.1.0
   * @category models
   */
  type ProxyOptions,
  /**
   * @since 0.1.0
   * @category models
   */
  type ProxySession
} from "../proxy/options.js"

/**
 * The proxy as a plain web handler: it signs what the library asks for with the session's token, and lets nothing else
 * through. It needs no Effect, and runs in Node and at the edge.
 *
 * - It lets in pages of its own origin, with the header that the library sends. What carries that header signs nothing for
 *   another user than the one whom it names.
 * - It sends each request once, follows no redirect, logs nothing, and shows the token to nobody. Of `GET /me` it passes on
 *   the ids of the user and of their default workspace, and nothing else.
 * - Where it answers by itself, the answer says whether Toggl may have done something: what surely never left is sent again
 *   without being looked up.
 * - A caller who goes before anything was sent stops it. Later nothing stops it but Toggl's answer or the time limit.
 *
 * Throws an `Error` at once where an option cannot be used. The handler itself never fails.
 *
 * @example
 * import { proxy } from "effect-toggl-clients/proxy"
 *
 * // one user, and nobody signs in: a tool on your own machine
 * const toggl = proxy({
 *   prefix: "/api/toggl",
 *   credentials: () => ({ token: process.env["TOGGL_API_TOKEN"] ?? "", userId: 2166261 })
 * })
 *
 * toggl(new Request("http://localhost/api/toggl/me")).then((answer) => answer.status) // 400: the header is missing
 *
 * @since 0.1.0
 * @category constructors
 */
export const proxy = (options: ProxyOptions): ((request: Request) => Promise<Response>) => {
  const settings = settingsOf(options)
  return (request) => handle(settings, request)
}
