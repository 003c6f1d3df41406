// The server's whole API as a plain web handler. It runs wherever there are `Request`, `Response` and `fetch`.
import { proxy } from "effect-toggl-clients/proxy"
import type { Session } from "./contract.ts"
import { answer, at, byMethod, type Handler, jsonOf, nothingThere, refuse, textAt } from "./http.ts"
import type { Sessions, StoredSession } from "./sessions.ts"

export interface ApiOptions {
  /** Where the app is: `/`, or a folder such as `/clients/`. The API is in `api/` below it. */
  readonly base: string
  readonly sessions: Sessions
  /** Where Toggl is: the real one unless given. */
  readonly baseUrl?: string | undefined
  /** What reaches Toggl. */
  readonly fetch?: typeof globalThis.fetch | undefined
}

const shown = ({ email, name, userId, workspaceId }: StoredSession): Session => ({
  user: { id: userId, name, email },
  workspaceId
})

// It goes into a header, before a colon.
const isToken = (token: string): boolean => /^[!-9;-~]{1,200}$/.test(token)

const patience = 15_000

const unreached = "Toggl cannot be reached now. Try again in a while."

const isId = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0

/** Whose the token is, by Toggl; or why that cannot be told. */
const asked = async (token: string, send: typeof fetch, baseUrl: string): Promise<StoredSession | Response> => {
  let status: number
  let text: string
  try {
    const response = await send(`${baseUrl}/me`, {
      headers: {
        accept: "application/json",
        authorization: `Basic ${btoa(`${token}:api_token`)}`,
        "user-agent": "effect-toggl-clients"
      },
      cache: "no-store",
      redirect: "manual",
      signal: AbortSignal.timeout(patience)
    })
    status = response.status
    text = await response.text()
  } catch {
    return refuse(502, unreached)
  }
  if (status === 401 || status === 403) return refuse(401, "Toggl does not know this token. Copy it from your profile.")
  if (status === 402 || status === 429) {
    return refuse(503, "Toggl takes no more requests of yours for now. Try again within the hour.")
  }
  if (status !== 200) return refuse(502, unreached)
  let me: unknown
  try {
    me = JSON.parse(text)
  } catch {
    return refuse(502, "What answered is not Toggl. Is this network asking you to log in?")
  }
  const userId = at(me, "id")
  const workspaceId = at(me, "default_workspace_id")
  const email = textAt(me, "email")
  return isId(userId)
    ? {
        token,
        userId,
        name: textAt(me, "fullname") || email,
        email,
        workspaceId: isId(workspaceId) ? workspaceId : undefined
      }
    : refuse(502, "What answered is not Toggl. Is this network asking you to log in?")
}

const nobody = () => refuse(401, "Nobody is signed in.")

const session = ({ baseUrl = "https://api.track.toggl.com/api/v9", fetch: send, sessions }: ApiOptions): Handler =>
  byMethod({
    GET: async (request) => {
      const found = sessions.get(request)
      return found === undefined ? nobody() : answer(200, shown(found))
    },
    POST: async (request) => {
      const token = at(await jsonOf(request), "token")
      if (typeof token !== "string" || token === "") return refuse(400, "Send a token, as JSON.")
      if (!isToken(token)) return refuse(400, "This is no API token: it is letters and digits, without spaces.")
      const found = await asked(token, send ?? fetch, baseUrl.replace(/\/+$/, ""))
      return found instanceof Response ? found : answer(200, shown(found), sessions.put(request, found))
    },
    DELETE: async (request) => answer(204, undefined, sessions.remove(request))
  })

/**
 * Answers `api/session` and `api/toggl/...` below the base, and says of all else that it is not there. No answer shows a token.
 * Throws an `Error` at once where an option cannot be used.
 */
export const api = (options: ApiOptions): Handler => {
  const { base, baseUrl, fetch: send, sessions } = options
  const forSession = session(options)
  const forToggl = proxy({
    prefix: `${base}api/toggl`,
    credentials: (request) => sessions.get(request),
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(send === undefined ? {} : { fetch: send })
  })
  return async (request) => {
    const { pathname } = new URL(request.url)
    if (pathname === `${base}api/session`) return forSession(request)
    return pathname.startsWith(`${base}api/toggl/`) ? forToggl(request) : nothingThere()
  }
}
