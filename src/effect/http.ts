// How platform's HttpClient is kept from making spans, and what it says of a failure.
import * as HttpClient from "@effect/platform/HttpClient"
import type { HttpClientError } from "@effect/platform/HttpClientError"
import type { HttpClientResponse } from "@effect/platform/HttpClientResponse"

/** The client without the span that it makes of each request. */
export const withoutSpans: (client: HttpClient.HttpClient) => HttpClient.HttpClient =
  /*#__PURE__*/ HttpClient.withTracerDisabledWhen(() => true)

/** The answer that a failure is about, where one came. */
export const answerIn = (error: HttpClientError): HttpClientResponse | undefined =>
  error._tag === "ResponseError" ? error.response : undefined

/** Whether the connection failed, rather than that no request could be made. */
export const isConnectionFailure = ({ reason }: HttpClientError): boolean => reason === "Transport"
