// What the app's pages may ask of main: the server's API, without the part that a token goes through. That part is asked over IPC, where
// no service worker, no network log and no developer's tool sees it.
import { changeHeader } from "../pwa/server/contract.ts"
import { type Handler, refuse } from "../pwa/server/http.ts"
import { origin } from "./origin.ts"

/** What `api/session` answers, over IPC. */
export interface Answered {
  readonly status: number
  readonly body: unknown
}

export interface Account {
  /** For the scheme's handler: `api/...` of this app's own pages. */
  readonly handler: Handler
  readonly signIn: (token: string) => Promise<Answered>
  readonly signOut: () => Promise<Answered>
}

const path = "/api/session"

/**
 * Whether one of this app's own pages asks. Requests to a scheme of the app's own do not pass Chromium's network service, which adds
 * `Sec-Fetch-Site` and, as a rule, `Origin`: what is not there says nothing, and what is there must be right.
 */
const isOwnPage = ({ headers }: Request): boolean =>
  [null, origin].includes(headers.get("origin")) && [null, "same-origin"].includes(headers.get("sec-fetch-site"))

/** Node knows no origin of such a scheme: having been looked at, it is left out. */
const withoutOrigin = (request: Request): Request => {
  const headers = new Headers(request.headers)
  headers.delete("origin")
  return new Request(request, { headers })
}

/** `isKept` beside the session: the user is to be told where the token is in memory only. */
const withKept = async (response: Response, isKept: () => boolean): Promise<Answered> => {
  const text = await response.text()
  const body: unknown = text === "" ? null : JSON.parse(text)
  const isSession = response.status === 200 && typeof body === "object"
  return { status: response.status, body: isSession ? { ...body, isKept: isKept() } : body }
}

const notForgotten = "The file with the token cannot be removed from this device. Remove session.json by hand."

export const account = (api: Handler, isKept: () => boolean): Account => {
  const ask = async (method: "POST" | "DELETE", body?: object): Promise<Answered> => {
    const headers = { "content-type": "application/json", [changeHeader]: "desktop" }
    const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) }
    // it fails with nothing but a file that cannot be removed
    return api(new Request(origin + path, init)).then(
      (response) => withKept(response, isKept),
      () => ({ status: 500, body: { message: notForgotten } })
    )
  }
  return {
    handler: async (request) => {
      if (!isOwnPage(request)) return refuse(403, "Only pages of this app may ask.")
      if (new URL(request.url).pathname !== path) return api(withoutOrigin(request))
      if (request.method !== "GET") return refuse(405, "Sign in and out with window.desktop.", { allow: "GET" })
      const response = await api(withoutOrigin(request))
      const { body, status } = await withKept(response, isKept)
      return new Response(JSON.stringify(body), { status, headers: response.headers })
    },
    signIn: (token) => ask("POST", { token }),
    signOut: () => ask("DELETE")
  }
}
