/** The operations under test, over the fake Toggl, over a fetch of the test's own, or over a client that just answers. */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as Client from "../../src/Client.js"
import type * as ClientError from "../../src/ClientError.js"
import * as ClientsApi from "../../src/ClientsApi.js"
import * as Credentials from "../../src/Credentials.js"
import { FakeToggl } from "../../src/testing/index.js"

export const user = FakeToggl.defaultUser
export const workspaceId = Client.WorkspaceId.make(FakeToggl.defaultWorkspace.id)
export const unknownId = Client.ClientId.make(99)
export const token = Credentials.token(user.apiToken)

export const make = (
  client: HttpClient.HttpClient,
  options?: ClientsApi.ClientsApiOptions,
  credentials?: Credentials.Credentials
) =>
  ClientsApi.make(options).pipe(
    Effect.provideService(HttpClient.HttpClient, client),
    Effect.provide(Credentials.layer(credentials ?? token))
  )

/** The operations against a fresh fake Toggl. */
export const against = Effect.fnUntraced(function* (
  input: FakeToggl.FakeTogglInput = {},
  options?: ClientsApi.ClientsApiOptions,
  credentials?: Credentials.Credentials
) {
  const fake = yield* FakeToggl.make(input)
  return { fake, api: yield* make(fake.httpClient, options, credentials) }
})

export interface Seen {
  readonly url: URL
  readonly init: RequestInit
  readonly headers: Headers
}

export const aborted = (seen: ReadonlyArray<Seen>) => seen[0]?.init.signal?.aborted

/** The operations over a fetch of the test's own, and what it was called with. */
export const overFetch = Effect.fnUntraced(function* (
  respond: (seen: Seen) => Response | Promise<Response>,
  options?: ClientsApi.ClientsApiOptions,
  credentials?: Credentials.Credentials
) {
  const seen: Array<Seen> = []
  const fetch: typeof globalThis.fetch = (input, init = {}) => {
    const call = {
      url: new URL(input instanceof Request ? input.url : input),
      init,
      headers: new Headers(init.headers)
    }
    seen.push(call)
    return Promise.resolve(respond(call))
  }
  const client = yield* HttpClient.HttpClient.pipe(Effect.provide(FetchHttpClient.layer))
  return { seen, fetch, api: yield* make(client, options, credentials) }
})

export const failing = (reason: HttpClientError.RequestError["reason"]) =>
  HttpClient.make((request) => new HttpClientError.RequestError({ request, reason, cause: new Error("why") }))

export const answering = (response: () => Response) =>
  HttpClient.make((request) => Effect.sync(() => HttpClientResponse.fromWeb(request, response())))

export const tagAndReason = (error: ClientError.ClientError) =>
  "reason" in error ? `${error._tag} ${error.reason}` : error._tag

export const failureOf = (call: Effect.Effect<unknown, ClientError.ClientError>) => Effect.flip(call)
