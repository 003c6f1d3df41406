// Platform's HttpClient: kept from making spans and from sending twice, and what it says of an answer or a failure.
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import type { HttpClientRequest } from "@effect/platform/HttpClientRequest"
import type { HttpClientResponse } from "@effect/platform/HttpClientResponse"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"

/** The client without the span that it makes of each request. */
export const withoutSpans: (client: HttpClient.HttpClient) => HttpClient.HttpClient =
  /*#__PURE__*/ HttpClient.withTracerDisabledWhen(() => true)

/** The answer that a failure is about, where one came. */
export const answerIn = (error: HttpClientError.HttpClientError): HttpClientResponse | undefined =>
  error._tag === "ResponseError" ? error.response : undefined

/** Whether the connection failed, rather than that no request could be made. */
export const isConnectionFailure = ({ reason }: HttpClientError.HttpClientError): boolean => reason === "Transport"

// --- Once ----------------------------------------------------------------------------------------------------------------

type Answered = Deferred.Deferred<HttpClientResponse, HttpClientError.HttpClientError>

/** What one call has sent, with the answers. */
export class Sent extends Context.Tag("effect-toggl-clients/internal/Sent")<Sent, Map<string, Answered>>() {}

/**
 * What a request asks to be changed, whichever host it goes to; `undefined` where it only reads. What else a client may
 * send on the way, such as the renewal of a sign-in, goes to another path.
 */
export const changeOf = (method: string, url: string): string | undefined =>
  method === "GET"
    ? undefined
    : `${method} ${url.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, "").replace(/[?#].*$/s, "")}`

// Nobody knows what became of a request that was given up: the same may not be sent again.
const givenUp = (request: HttpClientRequest) =>
  new HttpClientError.RequestError({ request, reason: "Transport", description: "it was sent, and given up" })

const first = (
  answered: Answered,
  effect: Effect.Effect<HttpClientResponse, HttpClientError.HttpClientError>,
  request: HttpClientRequest
) =>
  Effect.onExit(effect, (exit) =>
    Deferred.done(answered, Exit.isInterrupted(exit) ? Exit.fail(givenUp(request)) : exit)
  )

/** The client that sends a change once in a call that provides {@link Sent}: a second time gets the first's answer. */
export const sendingOnce = (client: HttpClient.HttpClient): HttpClient.HttpClient =>
  HttpClient.transform(client, (effect, request) => {
    const change = changeOf(request.method, request.url)
    if (change === undefined) return effect
    return Effect.flatMap(Effect.serviceOption(Sent), (sent) => {
      if (Option.isNone(sent)) return effect
      const earlier = sent.value.get(change)
      if (earlier !== undefined) return Deferred.await(earlier)
      return Effect.flatMap(Deferred.make<HttpClientResponse, HttpClientError.HttpClientError>(), (answered) => {
        sent.value.set(change, answered)
        return first(answered, effect, request)
      })
    })
  })

// --- Bodies ----------------------------------------------------------------------------------------------------------------

/** An answer's body: missing where it broke off, or was given up because it is too large. */
export interface Body {
  readonly text?: string
  readonly isTooLarge?: boolean
}

const tooLarge: Body = { isTooLarge: true }

const streamed = (response: HttpClientResponse, limit: number) =>
  Effect.suspend(() => {
    const utf8 = new TextDecoder()
    let size = 0
    let text = ""
    return Stream.runForEachWhile(response.stream, (bytes) =>
      Effect.sync(() => {
        size += bytes.length
        if (size <= limit) text += utf8.decode(bytes, { stream: true })
        return size <= limit
      })
    ).pipe(Effect.map((): Body => (size > limit ? tooLarge : { text: text + utf8.decode() })))
  })

/**
 * The body of an answer, read as it comes up to `limit` bytes. One that the app's client has read before is had as text
 * alone, and its stream is then empty, or cannot be had. Whoever gives up reading does not wait until that is done.
 */
export const bodyOf = (response: HttpClientResponse, limit: number): Effect.Effect<Body> => {
  const asText = Effect.map(response.text, (text): Body => (text.length > limit ? tooLarge : { text }))
  return streamed(response, limit).pipe(
    Effect.disconnect,
    Effect.flatMap((body) => (body.text === "" ? Effect.orElseSucceed(asText, () => body) : Effect.succeed(body))),
    Effect.catchAllCause((cause) => Effect.catchAll(asText, () => Effect.failCause(cause))),
    Effect.catchAll((error) => Effect.succeed<Body>(error.reason === "EmptyBody" ? { text: "" } : {}))
  )
}
