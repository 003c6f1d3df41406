// One request and its answer, over whatever HttpClient there is.
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpTraceContext from "@effect/platform/HttpTraceContext"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as Option from "effect/Option"
import { BadRequest, Unreachable } from "../ClientError.js"
import { answerIn, bodyOf, isConnectionFailure, Sent, sendingOnce, withoutSpans } from "../effect/http.js"
import type { Asked } from "../error/base.js"
import { nameOf } from "../error/thrown.js"
import type { Answer } from "./answer.js"
import { isOnDevice } from "./baseUrl.js"
import { hasNothingLeft, nothingSeen, onceToFetch, type SeenOfFetch } from "./fetch.js"
import { dateOf, quotaOf, requestIdOf, whole } from "./headers.js"
import type { Heard } from "./heard.js"
import type { AnswerInfo } from "./service.js"
import { userHeader } from "./proxyMarks.js"
import { type SignedAs, signing } from "./signing.js"
import { sanitize } from "./text.js"

// A list of some 50,000 clients: no answer of Toggl's comes near.
const maxBytes = 16_000_000

export interface Settings {
  readonly baseUrl: string
  readonly limit: Duration.Duration
  readonly traceHeaders: boolean
  readonly isOnline: Effect.Effect<Option.Option<boolean>>
  readonly offlineIncludesLoopback: boolean
  /** The `fetch` of a call that was given none, where it is known. */
  readonly fetch: Option.Option<typeof globalThis.fetch>
  readonly listeners: () => ReadonlyArray<(info: AnswerInfo) => Effect.Effect<void>>
}

// What the app hands in may throw, and its interruption of itself counts as that: our own is never caught.
const orThrown = <A, E, R, B, E2, R2>(
  effect: Effect.Effect<A, E, R>,
  onThrown: (thrown: unknown) => Effect.Effect<B, E2, R2>
): Effect.Effect<A | B, E | E2, R | R2> =>
  Effect.catchAllCause(effect, (cause): Effect.Effect<B, E | E2, R2> => {
    const failure = Cause.failureOption(cause)
    return Option.isSome(failure) ? Effect.fail(failure.value) : onThrown(Cause.squash(cause))
  })

/** Tells each listener. One that throws changes nothing. */
const tell = (listeners: Settings["listeners"], info: AnswerInfo) =>
  Effect.gen(function* () {
    const names: Array<string> = []
    for (const listener of listeners()) {
      yield* orThrown(
        Effect.suspend(() => listener(info)),
        (thrown) => Effect.sync(() => names.push(nameOf(thrown)))
      )
    }
    if (names.length > 0) yield* Effect.logWarning(`what listens to Toggl's answers threw (${names.join(", ")})`)
  })

/** What the browser says; nothing where there is no browser. */
export const navigatorOnline: Effect.Effect<Option.Option<boolean>> = Effect.sync(() =>
  typeof navigator === "undefined" ? Option.none() : Option.fromNullable(navigator.onLine)
)

/**
 * Without the span that platform makes of a request: it records the query string, which holds customers' names. The
 * first step keeps it off whatever the app has set on its client, and the last off a client put in its place. What the
 * app puts in between sends a change once, however often it tries.
 */
export const untraced = (
  client: HttpClient.HttpClient,
  transform: (client: HttpClient.HttpClient) => HttpClient.HttpClient
) => HttpClient.transformResponse(client, Effect.withTracerEnabled(false)).pipe(sendingOnce, transform, withoutSpans)

// A device without a network still reaches itself, so there its word says nothing of what has left.
const whyUnreachable = (
  { baseUrl, offlineIncludesLoopback }: Settings,
  online: Option.Option<boolean>,
  seen: SeenOfFetch
): Unreachable["reason"] => {
  const saysOffline = Option.isSome(online) && !online.value
  if (saysOffline && (offlineIncludesLoopback || !isOnDevice(baseUrl))) return "Offline"
  if (hasNothingLeft(seen)) return "Unsent"
  return seen.isBarred && Option.isSome(online) ? "SuspectedCors" : "Failed"
}

export const makeExchange = (client: HttpClient.HttpClient, settings: Settings, heard: Heard) =>
  Effect.fnUntraced(function* (
    asked: Asked,
    operation: AnswerInfo["operation"],
    request: HttpClientRequest.HttpClientRequest,
    signedAs: SignedAs
  ) {
    const { cookies, headers, secrets } = yield* Effect.try({
      try: () => signing(signedAs),
      catch: (thrown) => new Unreachable({ ...asked, reason: "Threw", detail: nameOf(thrown) })
    })
    const span = settings.traceHeaders ? yield* Effect.option(Effect.currentSpan) : Option.none()
    const given = yield* Effect.serviceOption(FetchHttpClient.RequestInit)
    const fetch = Option.orElse(yield* Effect.serviceOption(FetchHttpClient.Fetch), () => settings.fetch)
    const online = yield* orThrown(settings.isOnline, () => Effect.succeedNone)
    const signed = HttpClientRequest.setHeaders(request, {
      ...(Option.isSome(span) ? HttpTraceContext.toHeaders(span.value) : {}),
      ...headers
    })
    const threw = (thrown: unknown) =>
      new Unreachable({ ...asked, reason: "Threw", detail: sanitize(nameOf(thrown), secrets) })
    const seen = nothingSeen()
    const answer = yield* Effect.suspend(() => client.execute(signed)).pipe(
      // a transformed client may fail on a status: its answer is still what counts
      Effect.catchAll((error) => {
        const answer = answerIn(error)
        return answer === undefined ? Effect.fail(error) : Effect.succeed(answer)
      }),
      Effect.flatMap((response) =>
        Effect.map(bodyOf(response, maxBytes), (body) => ({
          status: response.status,
          headers: response.headers,
          ...body
        }))
      ),
      Effect.provideService(Sent, new Map()),
      // where the context has none, the client's own is not known
      Option.isSome(fetch) ? Effect.provideService(FetchHttpClient.Fetch, onceToFetch(fetch.value, seen)) : identity,
      Effect.provideService(FetchHttpClient.RequestInit, {
        ...Option.getOrUndefined(given),
        redirect: "manual",
        cache: "no-store",
        credentials: cookies
      }),
      // the failure holds the request, and so the credentials: nothing of it is kept
      Effect.mapError((error) => {
        if (Option.isSome(seen.thrown)) return threw(seen.thrown.value)
        return isConnectionFailure(error)
          ? new Unreachable({ ...asked, reason: whyUnreachable(settings, online, seen) })
          : new BadRequest({ ...asked, text: "no request could be made of it" })
      }),
      (sending) => orThrown(sending, threw),
      Effect.timeoutFail({
        duration: settings.limit,
        onTimeout: () => new Unreachable({ ...asked, reason: "TimedOut" })
      })
    )
    const { workspaceId } = asked
    const isDone = answer.status >= 200 && answer.status < 300
    // a page in Toggl's place says nothing of the quota
    const quota = isDone || requestIdOf(answer.headers) !== undefined ? quotaOf(answer.headers) : undefined
    const date = dateOf(answer.headers)
    const isByProxy = signedAs.credentials._tag === "Proxy"
    const isRepeated = heard.came(answer.headers)
    yield* Effect.annotateCurrentSpan("http.response.status_code", answer.status)
    yield* tell(settings.listeners, {
      operation,
      ...(workspaceId === undefined ? {} : { workspaceId }),
      status: answer.status,
      ...(quota === undefined ? {} : { quota }),
      ...(date === undefined ? {} : { date }),
      ...(isByProxy ? { signedBy: whole(answer.headers[userHeader]) } : {})
    })
    const now = yield* Clock.currentTimeMillis
    return { ...answer, isRepeated, hidesIds: heard.hidesIds(), isByProxy, now, secrets } satisfies Answer
  })
