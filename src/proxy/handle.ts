// One request, from the page to Toggl and back.
import { unknownUser, userHeader } from "../wire/proxyMarks.js"
import { invalid, own, passOn, type Answer } from "./answer.js"
import { jsonIn, read } from "./body.js"
import type { ProxySession, Settings } from "./options.js"
import { isSameOrigin, leave } from "./origin.js"
import { isId, routeOf, type Route } from "./route.js"
import { isSession, pair } from "./session.js"
import { isUnsent } from "./unsent.js"

// The largest that the library sends: a bulk request of 100 ids is 2 kB, and of a client's notes this holds a chapter of a book.
const most = 64_000

/** How far a request has come. */
interface Progress {
  /** Whom the page asks for. */
  readonly user: string
  /** What tells the page by whom it was signed, once it was. */
  signed: Readonly<Record<string, string>>
  /** The answer that is true where it goes no further, as the time is over or something fails. */
  end: (isLate: boolean) => Answer
}

const cannotTell = (): Answer => own("CredentialsUnavailable", 503, "This app cannot tell who is signed in.")

const notSent = (): Answer => own("Unsent", 503, "Nothing was sent: the request is not whole.")

/** The session that signs, where it is that of the user who asks; or why nothing is signed. */
const signedIn = async ({ credentials }: Settings, request: Request, user: string): Promise<ProxySession | Answer> => {
  const given = await credentials(request)
  if (given === undefined || given === null) return own("SignInNeeded", 401, "Nobody is signed in to this app.")
  const { token, userId } = given
  if (!isSession(given)) return invalid("What credentials gave is no token and user id.", 500)
  return [unknownUser, `${userId}`].includes(user)
    ? { token, userId }
    : own("WrongAccount", 403, "Another user is signed in to this app.")
}

/** The body as text; or that it is wrong: 413 where not all of it can be read, 400 where it is no JSON. */
const bodyOf = async (request: Request): Promise<string | Answer> => {
  const limit = request.method.startsWith("P") ? most : 0
  const whole = request.bodyUsed ? undefined : await read(request.body, limit, true)
  return (
    (whole && jsonIn(await whole.arrayBuffer())) ??
    invalid("The body must be unread JSON of at most 64 kB, in a POST or PUT.", whole ? 400 : 413)
  )
}

// Some runtimes have a request without a signal.
const isGone = ({ signal }: { readonly signal?: AbortSignal | null }): boolean => signal?.aborted === true

const attempt = async (
  settings: Settings,
  request: Request,
  { isMe, path }: Route,
  progress: Progress,
  signal: AbortSignal
): Promise<Answer> => {
  const session = await signedIn(settings, request, progress.user)
  if ("status" in session) return session
  progress.end = notSent
  const body = await bodyOf(request)
  if (typeof body !== "string") return body
  if (signal.aborted || isGone(request)) return notSent()
  // From here on a caller who goes stops nothing: what has left cannot be taken back, and the time limit ends it anyway.
  progress.signed = { [userHeader]: `${session.userId}` }
  progress.end = (isLate) =>
    isLate
      ? own("TimedOut", 504, "Toggl did not answer in time.")
      : own("Unreached", 502, "Toggl gave no whole answer.")
  // by itself, for it is no method of the settings
  const send = settings.fetch ?? fetch
  const sent = send(settings.baseUrl + path, {
    method: request.method,
    headers: {
      accept: "application/json",
      authorization: `Basic ${pair(session)}`,
      // some who stand before Toggl refuse a request without one
      "user-agent": "effect-toggl-clients",
      ...(body && { "content-type": "application/json" })
    },
    body: body || null,
    // a framework's fetch may keep answers, and an old workerd knows no such setting
    ...("cache" in Request.prototype && { cache: "no-store" }),
    redirect: "manual",
    signal
  })
  return sent.then(
    (response) => passOn(response, session, isMe),
    (thrown: unknown) =>
      isUnsent(thrown) ? own("Unsent", 502, "Nothing was sent: Toggl cannot be reached.") : progress.end(false)
  )
}

const inTime = (settings: Settings, request: Request, route: Route, progress: Progress): Promise<Answer> =>
  new Promise((resolve) => {
    const over = new AbortController()
    const timer = setTimeout(() => {
      resolve(progress.end(true))
      over.abort()
    }, settings.timeLimit)
    void attempt(settings, request, route, progress, over.signal)
      .catch(() => progress.end(false))
      .then(resolve)
      .finally(() => clearTimeout(timer))
  })

/** The answer to a request. It fails with nothing. */
export const handle = async (settings: Settings, request: Request): Promise<Response> => {
  const { origins, prefix } = settings
  const origin = request.headers.get("origin") ?? ""
  const isNamed = origins.includes(origin)
  const user = request.headers.get(userHeader) ?? ""
  const isOurs = (user === unknownUser || isId(user)) && (isNamed || isSameOrigin(request))
  const route = isOurs ? routeOf(prefix, request) : undefined
  const progress: Progress = { user, signed: {}, end: cannotTell }
  const { body, headers, status } = route
    ? await inTime(settings, request, route, progress)
    : isNamed && request.method === "OPTIONS"
      ? { status: 204, headers: {}, body: null }
      : invalid("Only effect-toggl-clients may ask, under prefix, from this origin or one of origins.")
  const all = { ...headers, ...progress.signed }
  return new Response(body, {
    status,
    headers: {
      ...all,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      ...(origins.length && { vary: "Origin" }),
      ...(isNamed && leave(origin, request.headers, all))
    }
  })
}
