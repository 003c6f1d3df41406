/**
 * Between the fake's own requests and answers and those of the web and of `HttpClient`.
 *
 * @since 0.1.0
 */
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { ConnectionLost } from "./Fault.js"
import * as HttpFailure from "./HttpFailure.js"
import type { FakeTogglOptions } from "./TogglOptions.js"
import type { Answer, WireRequest } from "./TogglWire.js"

/**
 * A request before it has its number.
 *
 * @since 0.1.0
 * @category models
 */
export type Incoming = Omit<WireRequest, "sequence">

/**
 * Reads a web request. Fails where its body cannot be read.
 *
 * @since 0.1.0
 * @category decoding
 */
export const fromWeb = (request: Request): Effect.Effect<Incoming, ConnectionLost> =>
  Effect.tryPromise({ try: () => request.text(), catch: () => new ConnectionLost({ fault: "interrupted" }) }).pipe(
    Effect.map((body) => {
      const url = new URL(request.url)
      return {
        method: request.method,
        path: url.pathname,
        query: url.searchParams,
        headers: Object.fromEntries(request.headers),
        body
      }
    })
  )

const rawText = (body: unknown): Effect.Effect<string, unknown> => {
  if (typeof body === "string") return Effect.succeed(body)
  if (
    body instanceof Blob ||
    body instanceof FormData ||
    body instanceof URLSearchParams ||
    body instanceof ReadableStream ||
    body instanceof ArrayBuffer
  ) {
    return Effect.tryPromise(() => new Response(body).text())
  }
  return Effect.fail("unknown kind of body")
}

const bodyText = (request: HttpClientRequest.HttpClientRequest): Effect.Effect<string, unknown> => {
  switch (request.body._tag) {
    case "Empty":
      return Effect.succeed("")
    case "Uint8Array":
      return Effect.succeed(new TextDecoder().decode(request.body.body))
    case "Raw":
      return rawText(request.body.body)
    case "FormData":
      return rawText(request.body.formData)
    case "Stream":
      return Stream.mkString(Stream.decodeText(request.body.stream))
  }
}

/**
 * Reads a request of `HttpClient`. Fails with reason `Encode` where its body cannot be read.
 *
 * @since 0.1.0
 * @category decoding
 */
export const fromHttpClient = (
  request: HttpClientRequest.HttpClientRequest,
  url: URL
): Effect.Effect<Incoming, HttpFailure.HttpFailure> =>
  bodyText(request).pipe(
    Effect.mapBoth({
      onFailure: (cause) => HttpFailure.ofBody(request, cause),
      onSuccess: (body) => ({
        method: request.method,
        path: url.pathname,
        query: url.searchParams,
        headers: { ...request.headers },
        body
      })
    })
  )

const bodiless = new Set([204, 205, 304])

/**
 * An answer as a web response.
 *
 * @since 0.1.0
 * @category encoding
 */
export const toWeb = (answer: Answer): Response => {
  const bytes = (body: string | Uint8Array) =>
    typeof body === "string" ? new TextEncoder().encode(body) : new Uint8Array(body)
  const body = typeof answer.body === "function" ? answer.body() : bytes(answer.body)
  return new Response(bodiless.has(answer.status) ? null : body, { status: answer.status, headers: answer.headers })
}

/**
 * An answer as a response of `HttpClient`.
 *
 * @since 0.1.0
 * @category encoding
 */
export const toHttpClient = (
  request: HttpClientRequest.HttpClientRequest,
  answer: Answer
): HttpClientResponse.HttpClientResponse =>
  HttpClientResponse.fromWeb(request, answer.opaque === true ? Response.error() : toWeb(answer))

/**
 * A lost connection as `HttpClient` over `fetch` shows it.
 *
 * @since 0.1.0
 * @category encoding
 */
export const toRequestError = (
  request: HttpClientRequest.HttpClientRequest,
  lost: ConnectionLost
): HttpFailure.HttpFailure => HttpFailure.ofConnection(request, new TypeError("fetch failed", { cause: lost }))

const allowedOrigin = ({ headers }: Incoming, options: FakeTogglOptions): string | undefined =>
  options.allowedOrigins.find((allowed) => allowed === "*" || allowed === headers["origin"]) === undefined
    ? undefined
    : headers["origin"]

/**
 * Whether a browser asks if it may send a request to another origin.
 *
 * @since 0.1.0
 * @category cors
 */
export const isPreflight = ({ headers, method }: Incoming): boolean =>
  method === "OPTIONS" && headers["access-control-request-method"] !== undefined

/**
 * The answer to a preflight: without leave for an origin that is not allowed.
 *
 * @since 0.1.0
 * @category cors
 */
export const preflight = (request: Incoming, options: FakeTogglOptions): Answer => ({
  status: allowedOrigin(request, options) === undefined ? 403 : 204,
  headers: {
    "access-control-allow-methods": "GET, POST, PUT, DELETE",
    "access-control-allow-headers": request.headers["access-control-request-headers"] ?? "",
    "access-control-max-age": "600"
  },
  body: ""
})

/**
 * An answer as it leaves: with the headers that let an allowed origin read it, without those that are hidden.
 *
 * @since 0.1.0
 * @category cors
 */
export const leaving = (request: Incoming, answer: Answer, options: FakeTogglOptions): Answer => {
  const origin = allowedOrigin(request, options)
  const cors: Record<string, string> =
    origin === undefined
      ? {}
      : {
          "access-control-allow-origin": origin,
          "access-control-allow-credentials": "true",
          "access-control-expose-headers": options.exposedHeaders.join(", "),
          vary: "Origin"
        }
  const hidden = new Set(options.hiddenHeaders.map((name) => name.toLowerCase()))
  const shown = Object.entries(answer.headers).filter(([name]) => !hidden.has(name.toLowerCase()))
  return { ...answer, headers: { ...Object.fromEntries(shown), ...cors } }
}
