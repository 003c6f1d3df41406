// Failures as `HttpClient` over `fetch` gives them.
import * as HttpClientError from "@effect/platform/HttpClientError"
import type { HttpClientRequest } from "@effect/platform/HttpClientRequest"

export type HttpFailure = HttpClientError.RequestError

/** The connection failed. */
export const ofConnection = (request: HttpClientRequest, cause: unknown): HttpFailure =>
  new HttpClientError.RequestError({ request, reason: "Transport", cause })

/** The request's body cannot be read. */
export const ofBody = (request: HttpClientRequest, cause: unknown): HttpFailure =>
  new HttpClientError.RequestError({ request, reason: "Encode", cause })
