// One request and its answer, over whatever HttpClient there is.
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpTraceContext from "@effect/platform/HttpTraceContext"
import * as Clock from "effect/Clock"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { BadRequest, Unreachable } from "../ClientError.js"
import type { Credentials } from "../Credentials.js"
import { answerIn, isConnectionFailure, withoutSpans } from "../effect/http.js"
import type { Asked } from "../error/base.js"
import type { Answer } from "./answer.js"
import { isLoopback, pageOf } from "./baseUrl.js"
import { quotaOf } from "./headers.js"
import type { AnswerInfo } from "./service.js"
import { signing } from "./signing.js"

export interface Settings {
  readonly baseUrl: string
  readonly limit: Duration.Duration
  readonly traceHeaders: boolean
  readonly isOnline: Effect.Effect<Option.Option<boolean>>
  readonly offlineIncludesLoopback: boolean
  readonly onAnswer: (info: AnswerInfo) => Effect.Effect<void>
}

/** What the browser says; nothing where there is no browser. */
export const navigatorOnline: Effect.Effect<Option.Option<boolean>> = Effect.sync(() =>
  typeof navigator === "undefined" ? Option.none() : Option.fromNullable(navigator.onLine)
)

/**
 * Without the span that platform makes of a request: it records the query string, which holds customers' names. The
 * first step keeps it off whatever the app has set on its client, and the last off a client put in its place.
 */
export const untraced = (
  client: HttpClient.HttpClient,
  transform: (client: HttpClient.HttpClient) => HttpClient.HttpClient
) => HttpClient.transformResponse(client, Effect.withTracerEnabled(false)).pipe(transform, withoutSpans)

// A device without a network still reaches itself, so there its word says nothing of what has left.
const whyUnreachable = (
  { baseUrl, offlineIncludesLoopback }: Settings,
  online: Option.Option<boolean>
): Unreachable["reason"] => {
  if (Option.isNone(online)) return "Failed"
  const { hostname, origin } = new URL(baseUrl)
  if (!online.value && (offlineIncludesLoopback || !isLoopback(hostname))) return "Offline"
  const page = pageOf()
  return page !== undefined && page.origin !== origin ? "SuspectedCors" : "Failed"
}

export const makeExchange = (client: HttpClient.HttpClient, settings: Settings) =>
  Effect.fnUntraced(function* (
    asked: Asked,
    operation: AnswerInfo["operation"],
    request: HttpClientRequest.HttpClientRequest,
    credentials: Credentials
  ) {
    const { cookies, headers, secrets } = signing(credentials)
    const span = settings.traceHeaders ? yield* Effect.option(Effect.currentSpan) : Option.none()
    const given = yield* Effect.serviceOption(FetchHttpClient.RequestInit)
    const online = yield* settings.isOnline
    const signed = HttpClientRequest.setHeaders(request, {
      ...(Option.isSome(span) ? HttpTraceContext.toHeaders(span.value) : {}),
      ...headers
    })
    const answer = yield* client.execute(signed).pipe(
      // a transformed client may fail on a status: its answer is still what counts
      Effect.catchAll((error) => {
        const answer = answerIn(error)
        return answer === undefined ? Effect.fail(error) : Effect.succeed(answer)
      }),
      Effect.flatMap((response) =>
        Effect.map(Effect.option(response.text), (text) => ({
          status: response.status,
          headers: response.headers,
          ...(Option.isSome(text) ? { text: text.value } : {})
        }))
      ),
      Effect.provideService(FetchHttpClient.RequestInit, {
        ...Option.getOrUndefined(given),
        redirect: "manual",
        cache: "no-store",
        credentials: cookies
      }),
      // the failure holds the request, and so the credentials: nothing of it is kept
      Effect.mapError((error) =>
        isConnectionFailure(error)
          ? new Unreachable({ ...asked, reason: whyUnreachable(settings, online) })
          : new BadRequest({ ...asked, text: "no request could be made of it" })
      ),
      Effect.timeoutFail({
        duration: settings.limit,
        onTimeout: () => new Unreachable({ ...asked, reason: "TimedOut" })
      })
    )
    const { workspaceId } = asked
    const quota = quotaOf(answer.headers)
    yield* Effect.annotateCurrentSpan("http.response.status_code", answer.status)
    yield* settings.onAnswer({
      operation,
      ...(workspaceId === undefined ? {} : { workspaceId }),
      status: answer.status,
      ...(quota === undefined ? {} : { quota })
    })
    return { ...answer, now: yield* Clock.currentTimeMillis, secrets } satisfies Answer
  })
