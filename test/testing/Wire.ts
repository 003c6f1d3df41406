/** A bare-handed caller of the fake: what goes in and what comes out, with no library in between. */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpMethod from "@effect/platform/HttpMethod"
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as Predicate from "effect/Predicate"
import { FakeToggl } from "../../src/testing/index.js"

export const { colleague, defaultUser, defaultWorkspace } = FakeToggl
export const workspaceId = defaultWorkspace.id
export const base = `https://toggl.test/api/v9`
export const clientsUrl = `${base}/workspaces/${workspaceId}/clients`

export const basic = (user: string, password: string) => `Basic ${Encoding.encodeBase64(`${user}:${password}`)}`
export const tokenOf = (user: { readonly apiToken: string }) => basic(user.apiToken, "api_token")
export const passwordOf = (user: { readonly email: string; readonly password: string }) =>
  basic(user.email, user.password)

export interface Sent {
  readonly status: number
  readonly text: string
  readonly json: unknown
  readonly headers: Readonly<Record<string, string>>
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export interface SendOptions {
  /** JSON unless it is text. */
  readonly body?: unknown
  /** The `Authorization` header; null for none; the default user's token unless given. */
  readonly authorization?: string | null
  readonly headers?: Readonly<Record<string, string>>
}

/** A whole URL, a path under the base (`/me`), or one under the collection of clients (`7/archive`, or nothing). */
const urlOf = (path: string) => {
  if (path.startsWith("https:")) return path
  if (path.startsWith("/")) return `${base}${path}`
  return path === "" ? clientsUrl : `${clientsUrl}/${path}`
}

export const send = (
  fake: FakeToggl.FakeTogglService,
  method: HttpMethod.HttpMethod,
  path: string,
  { authorization = tokenOf(defaultUser), body, headers = {} }: SendOptions = {}
) =>
  Effect.gen(function* () {
    const url = urlOf(path)
    let request = HttpClientRequest.make(method)(url).pipe(
      HttpClientRequest.setHeaders(authorization === null ? headers : { ...headers, authorization })
    )
    if (body !== undefined) {
      const text = typeof body === "string" ? body : JSON.stringify(body)
      request = HttpClientRequest.bodyText(request, text, "application/json")
    }
    const response = yield* HttpClient.withTracerPropagation(fake.httpClient, false).execute(request)
    const text = yield* response.text
    const sent: Sent = { status: response.status, text, json: parsed(text), headers: { ...response.headers } }
    return sent
  })

/** `send`, for a query string after the collection's path. */
export const list = (fake: FakeToggl.FakeTogglService, query = "", options?: SendOptions) =>
  send(fake, "GET", `/workspaces/${workspaceId}/clients${query}`, options)

/** The objects in an answered list. */
export const itemsIn = (sent: Sent): ReadonlyArray<Record<string, unknown>> =>
  Array.isArray(sent.json) ? sent.json.filter(Predicate.isRecord) : []

export const namesIn = (sent: Sent): ReadonlyArray<unknown> => itemsIn(sent).map((item) => item["name"])

export const create = (fake: FakeToggl.FakeTogglService, name: string) => send(fake, "POST", "", { body: { name } })

/** The names of the clients, archived ones too, as the service keeps them. */
export const names = (fake: FakeToggl.FakeTogglService) =>
  Effect.map(fake.clients(workspaceId), (clients) => clients.map((client) => client.name))

/** The last record: the fault, whether the work was done, and what the caller got. */
export const last = (fake: FakeToggl.FakeTogglService) =>
  Effect.map(fake.requests, (requests) => {
    const record = requests.at(-1)
    return [record?.fault, record?.applied, record?.outcome._tag]
  })
