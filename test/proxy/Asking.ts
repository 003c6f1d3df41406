/** A page that asks the proxy, and a Toggl behind it that keeps what came. */
import * as Effect from "effect/Effect"
import { proxy, type ProxyOptions } from "../../src/doors/proxy.js"
import { FakeToggl } from "../../src/testing/index.js"

export const origin = "https://app.test"
export const prefix = "/api/toggl"
export const { defaultUser: user } = FakeToggl
export const session = { token: user.apiToken, userId: user.id }
export const clients = `/workspaces/${FakeToggl.defaultWorkspace.id}/clients`

export interface Asking {
  readonly body?: BodyInit
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  /** `null`: the request lacks the header. */
  readonly user?: string | null
}

/** A request as the library in a page of the same origin makes it. */
export const request = (method: string, path: string, asking: Asking = {}): Request => {
  const { body, headers = {}, signal, user: asked = String(user.id) } = asking
  return new Request(`${origin}${prefix}${path}`, {
    method,
    headers: { ...(asked === null ? {} : { "x-effect-toggl-user": asked }), ...headers },
    ...(body === undefined ? {} : { body }),
    ...(body instanceof ReadableStream ? { duplex: "half" } : {}),
    ...(signal === undefined ? {} : { signal })
  })
}

export interface Sent {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly init: RequestInit | undefined
}

export interface Upstream {
  readonly fetch: typeof fetch
  readonly sent: ReadonlyArray<Sent>
}

/** What stands in Toggl's place, and keeps what it was sent. */
export const upstream = (answer: (request: Request) => Promise<Response> | Response): Upstream => {
  const sent: Array<Sent> = []
  return {
    sent,
    fetch: async (input, init) => {
      const request = new Request(input, init)
      const { headers, method, url } = request
      const body = await request.clone().text()
      sent.push({ method, url, headers: Object.fromEntries(headers), body, init })
      return answer(request)
    }
  }
}

export const saying = (body: BodyInit | null, init?: ResponseInit): Upstream => upstream(() => new Response(body, init))

/** The fake Toggl behind the proxy. */
export const fakeUpstream = async (
  input?: FakeToggl.FakeTogglInput
): Promise<Upstream & { readonly fake: FakeToggl.FakeTogglService }> => {
  const fake = await Effect.runPromise(FakeToggl.make(input))
  return { ...upstream(fake.handler), fake }
}

/** The proxy before it, with one who is signed in. */
export const before = (toggl: Pick<Upstream, "fetch">, options: Partial<ProxyOptions> = {}) =>
  proxy({ prefix, credentials: () => session, fetch: toggl.fetch, ...options })

export interface Told {
  readonly status: number
  /** The mark of an answer that is the proxy's own. */
  readonly mark: string | null
  /** Who signed. */
  readonly user: string | null
  readonly text: string
  readonly headers: Readonly<Record<string, string>>
}

export const told = async (answer: Promise<Response>): Promise<Told> => {
  const { headers, status, ...response } = await answer.then(async (response) => ({
    headers: response.headers,
    status: response.status,
    text: await response.text()
  }))
  return {
    ...response,
    status,
    mark: headers.get("x-effect-toggl-proxy"),
    user: headers.get("x-effect-toggl-user"),
    headers: Object.fromEntries(headers)
  }
}

/** An answer's status and mark. */
export const verdict = async (answer: Promise<Response>): Promise<readonly [number, string | null]> => {
  const { mark, status } = await told(answer)
  return [status, mark]
}
