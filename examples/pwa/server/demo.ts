// The demo's Toggl behind the server's own API, with switches for what can go wrong.
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { FakeToggl, Fault, type TogglState, TogglWire } from "effect-toggl-clients/testing"
import { api } from "./api.ts"
import type { Demo, SeenRequest, Switches } from "./contract.ts"
import { begin, users, workspaces } from "./demoWorld.ts"
import { answer, at, byMethod, type Handler, jsonOf, nothingThere, refuse, textAt } from "./http.ts"
import type { Sessions } from "./sessions.ts"

/** All that the demo remembers, to be stored and given back. */
export interface World {
  readonly state: TogglState.StoredState
  readonly switches: Switches
  readonly quotaUntil: number
  readonly requests: ReadonlyArray<SeenRequest>
  readonly lastNumber: number
}

export interface DemoOptions {
  /** Where the app is: `/`, or a folder such as `/clients/`. */
  readonly base: string
  readonly sessions: Sessions
  /** How many clients there are in each user's own workspace. */
  readonly clients?: number | undefined
  /** Where it went on before. */
  readonly world?: World | undefined
  /** Whether there is a network at all, where the demo itself needs none: there is, unless given. */
  readonly isOnline?: (() => boolean) | undefined
  /** Is told of each change, and awaited before the answer goes. */
  readonly changed?: ((world: World) => Promise<void>) | undefined
}

const off: Switches = {
  offline: false,
  slow: false,
  answerLost: false,
  quotaUsedUp: false,
  signInRefused: false,
  poisonedNote: false
}

const quotaLasts = 120_000

/** So many requests are remembered, and so much of each body. */
const most = 300
const longest = 10_000

// It never leaves this process: by it a record of the fake's is found again.
const numberHeader = "x-demo-number"

/** As Toggl refuses a workspace's requests while the hour's are used up. */
const quota = (until: number): Fault.Fault => ({
  ...Fault.none,
  name: "quota",
  work: "skipped",
  outcome: {
    _tag: "Instead",
    answer: ({ sequence }) => {
      const seconds = Math.max(1, Math.ceil((until - Date.now()) / 1000))
      return {
        status: 402,
        headers: {
          "content-type": "application/json",
          date: TogglWire.httpDate(Date.now()),
          "x-toggl-request-id": TogglWire.requestId(sequence),
          "x-toggl-quota-remaining": "0",
          "x-toggl-quota-resets-in": String(seconds)
        },
        body: `You have hit your hourly limit for API calls. Your quota will reset in ${seconds} seconds.`
      }
    }
  }
})

const poisoned = Fault.refusal(500, "Internal Server Error")

const changes = new Set(["POST", "PUT", "DELETE"])

interface Seen extends SeenRequest {
  /** When it came and when it last changed, on a clock that counts changes. */
  readonly came: number
  readonly changed: number
}

/** The demo's Toggl, and the handler that serves it with the app's own API. */
export const demo = async (options: DemoOptions): Promise<{ readonly handler: Handler }> => {
  const { base, changed = () => Promise.resolve(), clients = 40, isOnline = () => true, sessions, world } = options
  const fake = await Effect.runPromise(
    FakeToggl.make({
      users,
      workspaces,
      permissions: "string",
      allowedOrigins: ["*"],
      exposedHeaders: [
        "Date",
        "Retry-After",
        "X-Authorization-Missing",
        "X-Toggl-Quota-Remaining",
        "X-Toggl-Quota-Resets-In",
        "X-Toggl-Request-Id"
      ]
    })
  )
  let switches = world?.switches ?? off
  let quotaUntil = world?.quotaUntil ?? 0
  let lastNumber = world?.lastNumber ?? 0
  let tick = 0
  // what was under way when a worker was stopped is lost
  const requests = new Map<number, Seen>(
    world?.requests.map((request) => [
      request.number,
      { ...request, outcome: request.outcome === "waiting" ? "lost" : request.outcome, came: 0, changed: 0 }
    ])
  )

  // one that nobody can guess
  const revoked = crypto.randomUUID()
  const applySwitches = (next: Switches) =>
    Effect.runPromise(
      // as after a user has made a new token in their profile
      fake.configure({ users: next.signInRefused ? users.map((user) => ({ ...user, apiToken: revoked })) : users })
    )
  await Effect.runPromise(fake.setState(world?.state ?? begin(Date.now(), clients)))
  await applySwitches(switches)

  const isOffline = () => switches.offline || !isOnline()
  const current = (): Switches => ({ ...switches, quotaUsedUp: Date.now() < quotaUntil })
  const put = (seen: Omit<Seen, "changed">) => {
    tick += 1
    requests.set(seen.number, { ...seen, changed: tick })
    const [oldest] = requests.keys()
    if (oldest !== undefined && requests.size > most) requests.delete(oldest)
  }
  const isApplied = async (number: number): Promise<boolean> =>
    (await Effect.runPromise(fake.requests)).some(
      (request) => request.headers[numberHeader] === String(number) && request.applied
    )
  const shown = async ({ came: _came, changed: _changed, ...seen }: Seen): Promise<SeenRequest> =>
    seen.outcome === "waiting" ? { ...seen, applied: await isApplied(seen.number) } : seen
  const save = async () =>
    changed({
      state: await Effect.runPromise(fake.state),
      switches,
      quotaUntil,
      requests: await Promise.all([...requests.values()].map(shown)),
      lastNumber
    })

  const faultFor = (method: string, path: string, body: string): Fault.Fault => {
    if (path.includes("/workspaces/") && current().quotaUsedUp) return quota(quotaUntil)
    if (switches.poisonedNote && changes.has(method) && isPoisoned(body)) return poisoned
    if (switches.answerLost && changes.has(method)) {
      switches = { ...switches, answerLost: false }
      return Fault.loseAnswer
    }
    return Fault.none
  }

  /** A request that reaches Toggl, or does not get there. Rejects where the connection breaks. */
  const reach = async (method: string, address: string, headers: Headers, body: string, signal: AbortSignal | null) => {
    const { pathname, search } = new URL(address)
    const number = ++lastNumber
    tick += 1
    const came = tick
    const seen = {
      number,
      at: Date.now(),
      method,
      path: pathname + search,
      body: body === "" ? undefined : body.slice(0, longest),
      came
    }
    if (isOffline()) {
      put({ ...seen, outcome: "lost", applied: false })
      await save()
      throw new TypeError("The demo is offline.")
    }
    put({ ...seen, outcome: "waiting", applied: false })
    const fault = faultFor(method, pathname, body)
    await Effect.runPromise(
      fake.inject(switches.slow ? { ...fault, after: Effect.sleep("3 seconds") } : fault, {
        when: (request) => request.headers[numberHeader] === String(number)
      })
    )
    const sent = new Headers(headers)
    sent.set(numberHeader, String(number))
    const request = new Request(address, {
      method,
      headers: sent,
      ...(body === "" ? {} : { body }),
      ...(signal === null ? {} : { signal })
    })
    const end = async (outcome: SeenRequest["outcome"]) => {
      put({ ...seen, outcome, applied: await isApplied(number) })
      const isQuiet = [...requests.values()].every((other) => other.outcome !== "waiting")
      if (isQuiet) await Effect.runPromise(fake.clearRequests)
      await save()
    }
    try {
      const response = await fake.handler(request)
      await end(response.status)
      return response
    } catch (lost) {
      await end("lost")
      throw lost
    }
  }

  const toToggl: typeof fetch = async (input, init) => {
    const request = new Request(input, init)
    return reach(request.method, request.url, request.headers, await request.text(), request.signal)
  }

  const origin = "https://demo.example"
  const own = api({ base, sessions, baseUrl: `${origin}/api/v9`, fetch: toToggl })

  /** The request as the demo's Toggl would have got it, which is not reachable. */
  const lose = async (request: Request, path: string, method = request.method, body?: string): Promise<Response> =>
    reach(method, `${origin}/api/v9${path}`, new Headers(), body ?? (await request.text()), null)

  /** A page that has a token itself asks the demo's Toggl directly. */
  const direct: Handler = async (request) => {
    const { pathname, search } = new URL(request.url)
    const address = `${origin}${pathname.slice(base.length - 1)}${search}`
    const text = await request.text()
    if (request.method === "OPTIONS" && !isOffline()) {
      return fake.handler(new Request(address, { method: "OPTIONS", headers: request.headers }))
    }
    return reach(request.method, address, request.headers, text, request.signal)
  }

  const told = async (after: number): Promise<Demo> => {
    const since = requests.get(after)?.came ?? 0
    const news = [...requests.values()].filter(
      ({ changed, number, outcome }) => number > after || changed > since || outcome === "waiting"
    )
    return {
      switches: current(),
      requests: await Promise.all(news.map(shown)),
      users: users.map(({ apiToken, email, fullName }) => ({ name: fullName, email, token: apiToken }))
    }
  }

  const change = async (json: unknown): Promise<Response | undefined> => {
    const set = at(json, "set")
    const name = at(json, "colleagueTakes")
    const workspaceId = at(json, "workspaceId")
    if (at(json, "startAnew") === true) {
      const before = await Effect.runPromise(fake.state)
      await Effect.runPromise(fake.setState(begin(Date.now(), clients, before)))
      await Effect.runPromise(fake.resetLimits)
      requests.clear()
      switches = off
      quotaUntil = 0
      await applySwitches(switches)
      return undefined
    }
    if (typeof name === "string" && typeof workspaceId === "number") {
      const made = await Effect.runPromise(Effect.either(fake.edit.createClient(workspaceId, { name })))
      return Either.isLeft(made)
        ? refuse(409, made.left.text ?? "The demo's Toggl does not know this workspace.")
        : undefined
    }
    const wanted = Object.entries(typeof set === "object" && set !== null ? set : {})
    const isKnown = wanted.every(([key, value]) => key in off && typeof value === "boolean")
    if (wanted.length === 0 || !isKnown) return refuse(400, "This is no change that the demo knows.")
    const given = new Map<string, unknown>(wanted)
    const next = (key: keyof Switches): boolean => (given.has(key) ? given.get(key) === true : current()[key])
    if (given.has("quotaUsedUp")) quotaUntil = next("quotaUsedUp") ? Date.now() + quotaLasts : 0
    switches = {
      offline: next("offline"),
      slow: next("slow"),
      answerLost: next("answerLost"),
      quotaUsedUp: next("quotaUsedUp"),
      signInRefused: next("signInRefused"),
      poisonedNote: next("poisonedNote")
    }
    await applySwitches(switches)
    return undefined
  }

  const forDemo = byMethod({
    GET: async (request) => answer(200, await told(Number(new URL(request.url).searchParams.get("after") ?? 0))),
    POST: async (request) => {
      const refused = await change(await jsonOf(request))
      if (refused !== undefined) return refused
      await save()
      return answer(200, await told(lastNumber))
    }
  })

  const handler: Handler = async (request) => {
    const { pathname, search } = new URL(request.url)
    const path = pathname.slice(base.length)
    if (path === "api/demo") return forDemo(request)
    if (path.startsWith("api/v9/")) return direct(request)
    if (!isOffline()) return own(request)
    if (path.startsWith("api/toggl/")) return lose(request, `${path.slice("api/toggl".length)}${search}`)
    if (path !== "api/session") return nothingThere()
    // who is signed in needs no Toggl, and yet the server is out of reach
    if (request.method === "POST") return lose(request, "/me", "GET", "")
    throw new TypeError("The demo is offline.")
  }
  return {
    handler: async (request) => {
      const answered = await handler(request)
      // the session may have changed
      if (request.method !== "GET" && pathOf(request, base) === "api/session") await save()
      return answered
    }
  }
}

const pathOf = (request: Request, base: string): string => new URL(request.url).pathname.slice(base.length)

const isPoisoned = (body: string): boolean => {
  try {
    const json: unknown = JSON.parse(body)
    return textAt(json, "notes").includes("poison")
  } catch {
    return false
  }
}
