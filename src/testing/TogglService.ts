/**
 * The whole service as one pure function: a request and the time in, an answer and the new world out. The order is that
 * of the real one: the proxy's leaky bucket, the route, signing in, the quota, then the operation.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import * as TogglAuth from "./TogglAuth.js"
import * as TogglLimits from "./TogglLimits.js"
import type { Operation } from "./TogglOperations.js"
import { operations } from "./TogglOperations.js"
import type { FakeTogglOptions, RateLimit, User, Workspace } from "./TogglOptions.js"
import * as TogglState from "./TogglState.js"
import type { Answer, WireRequest } from "./TogglWire.js"
import * as TogglWire from "./TogglWire.js"

/**
 * All that the service remembers between requests.
 *
 * @since 0.1.0
 * @category models
 */
export interface World {
  readonly state: TogglState.StoredState
  readonly limits: TogglLimits.Limits
}

/**
 * The world before the first request.
 *
 * @since 0.1.0
 * @category constructors
 */
export const empty: World = { state: TogglState.empty, limits: TogglLimits.empty }

type Route =
  | { readonly _tag: "Me"; readonly operation: "me" | "logged" | "quota" }
  | {
      readonly _tag: "Clients"
      readonly operation: Operation
      readonly workspace: string
      readonly client: string | undefined
    }
  | { readonly _tag: "Unknown"; readonly status: 404 | 405 }

const collection = new Map<string, Operation>([
  ["GET", "list"],
  ["POST", "create"]
])
const item = new Map<string, Operation>([
  ["GET", "get"],
  ["PUT", "update"],
  ["DELETE", "delete"]
])
const action = new Map<string, Operation>([
  ["archive", "archive"],
  ["restore", "restore"]
])
const bulk = new Map<string, Operation>([
  ["data", "data"],
  ["archive", "archiveMany"],
  ["delete", "deleteMany"]
])

const meRoute = (method: string, rest: string | undefined): Route => {
  const operation = rest ?? "me"
  if (operation !== "me" && operation !== "logged" && operation !== "quota") return { _tag: "Unknown", status: 404 }
  return method === "GET" ? { _tag: "Me", operation } : { _tag: "Unknown", status: 405 }
}

const clientsRoute = (
  options: FakeTogglOptions,
  method: string,
  workspace: string,
  [client, verb, ...more]: ReadonlyArray<string>
): Route => {
  if (more.length > 0 || (verb !== undefined && !action.has(verb))) return { _tag: "Unknown", status: 404 }
  const operation =
    client === undefined
      ? collection.get(method)
      : verb !== undefined
        ? method === "POST"
          ? action.get(verb)
          : undefined
        : method === "POST" && options.bulkEndpoints
          ? bulk.get(client)
          : item.get(method)
  if (operation === undefined) return { _tag: "Unknown", status: options.unknownRoute }
  return { _tag: "Clients", operation, workspace, client: bulk.get(client ?? "") === operation ? undefined : client }
}

const routeOf = (options: FakeTogglOptions, { method, path }: WireRequest): Route => {
  if (!path.startsWith(`${options.basePath}/`)) return { _tag: "Unknown", status: 404 }
  const [first, second, third, ...rest] = path.slice(options.basePath.length + 1).split("/")
  if (first === "me" && third === undefined) return meRoute(method, second)
  if (first === "workspaces" && second !== undefined && third === "clients") {
    return clientsRoute(options, method, second, rest)
  }
  return { _tag: "Unknown", status: 404 }
}

const quotaHeaders = (quota: TogglLimits.Quota) => ({
  "x-toggl-quota-remaining": String(quota.remaining),
  "x-toggl-quota-resets-in": String(quota.resetsIn)
})

const dateHeader = ({ dateHeader: whose }: FakeTogglOptions, serverNow: number): Readonly<Record<string, string>> => {
  if (whose === "hidden") return {}
  if (whose === "own") return { date: TogglWire.httpDate(serverNow) }
  const ahead = "ahead" in whose ? Duration.toMillis(whose.ahead) : -Duration.toMillis(whose.behind)
  return { date: TogglWire.httpDate(serverNow + ahead) }
}

const tooManyRequests = (
  options: FakeTogglOptions,
  limit: RateLimit,
  waitSeconds: number,
  serverNow: number
): Answer => {
  const retryAfter = {
    seconds: String(waitSeconds),
    date: TogglWire.httpDate(Math.ceil(serverNow / 1000) * 1000 + waitSeconds * 1000),
    garbled: "in a little while",
    absent: undefined
  }[limit.retryAfter]
  return TogglWire.proxyPage(429, {
    ...dateHeader(options, serverNow),
    ...(retryAfter === undefined ? {} : { "retry-after": retryAfter })
  })
}

const text = (status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  headers,
  body
})

const notSignedIn = (outcome: Exclude<TogglAuth.Outcome, { _tag: "SignedIn" }>, options: FakeTogglOptions): Answer =>
  outcome._tag === "Missing"
    ? text(options.missingCredentials, "", { "x-authorization-missing": "true" })
    : text(
        options.wrongCredentials,
        "",
        outcome.remainingAttempts === null ? {} : { "x-remaining-login-attempts": String(outcome.remainingAttempts) }
      )

const refusal = ({ status, text: sentence }: TogglState.Refused, options: FakeTogglOptions): Answer =>
  status === 404 && options.unknownClient === "message"
    ? text(404, JSON.stringify({ message: "Not Found" }))
    : text(status, TogglWire.failure(status, sentence, options.failureBody))

interface Served {
  readonly world: World
  readonly answer: Answer
}

const mayEnter = (workspace: Workspace, user: User): boolean =>
  (workspace.members?.includes(user.id) ?? true) &&
  (!workspace.onlyAdminsSeeClients || workspace.admins.includes(user.id))

const integer = (segment: string): number | undefined => (/^-?\d{1,18}$/.test(segment) ? Number(segment) : undefined)

const notInteger = (name: string, options: FakeTogglOptions): Answer =>
  text(400, TogglWire.failure(400, `We're expecting an integer as part of the url for ${name}`, options.failureBody))

const workspaceOf = (options: FakeTogglOptions, id: number | undefined) =>
  options.workspaces.find((workspace) => workspace.id === id)

const operate = (
  world: World,
  options: FakeTogglOptions,
  request: WireRequest,
  route: Extract<Route, { _tag: "Clients" }>,
  user: User,
  serverNow: number
): Served => {
  const workspaceId = integer(route.workspace)
  if (workspaceId === undefined) return { world, answer: notInteger("workspace_id", options) }
  const clientId = route.client === undefined ? 0 : integer(route.client)
  if (clientId === undefined) return { world, answer: notInteger("client_id", options) }
  const workspace = workspaceOf(options, workspaceId)
  if (workspace === undefined || !mayEnter(workspace, user)) return { world, answer: text(403, "") }
  const scene = { options, workspace, userId: user.id, at: Math.floor(serverNow / 1000) }
  return Either.match(operations[route.operation]({ state: world.state, scene, clientId, request }), {
    onLeft: (refused) => ({ world, answer: refusal(refused, options) }),
    onRight: ({ state, body }) => ({ world: { ...world, state }, answer: text(200, body) })
  })
}

const quotaKey = (user: User, route: Route, options: FakeTogglOptions) => {
  if (route._tag === "Me") return { key: `${user.id} me`, total: options.meQuotaPerHour }
  const workspace = route._tag === "Clients" ? workspaceOf(options, integer(route.workspace)) : undefined
  if (workspace === undefined) return { key: "", total: null }
  return { key: `${user.id} ${workspace.organizationId}`, total: options.quotaPerHour }
}

const quotas = (world: World, options: FakeTogglOptions, user: User, now: number): string => {
  const organizations = [...new Set(options.workspaces.map((workspace) => workspace.organizationId))]
  const row = (organizationId: number | null, total: number | null) => {
    if (total === null) return []
    const quota = TogglLimits.quota(world.limits, `${user.id} ${organizationId ?? "me"}`, total, now)
    return [
      {
        organization_id: organizationId,
        remaining: quota.remaining,
        total: quota.total,
        resets_in_secs: quota.resetsIn
      }
    ]
  }
  return JSON.stringify([
    ...row(null, options.meQuotaPerHour),
    ...organizations.flatMap((id) => row(id, options.quotaPerHour))
  ])
}

const meBody = (
  world: World,
  options: FakeTogglOptions,
  operation: "me" | "logged" | "quota",
  user: User,
  now: number
) => {
  switch (operation) {
    case "me":
      return TogglWire.me(user, options)
    case "logged":
      return ""
    case "quota":
      return quotas(world, options, user, now)
  }
}

const signedIn = (
  world: World,
  options: FakeTogglOptions,
  request: WireRequest,
  route: Route,
  user: User,
  now: number
): Served => {
  const { key, total } = quotaKey(user, route, options)
  const spent =
    total === null ? null : TogglLimits.spend(world.limits, key, total, options.refusedCountAgainstQuota, now)
  const charged = spent === null ? world : { ...world, limits: spent.limits }
  const headers = spent === null ? {} : quotaHeaders(spent.quota)
  if (spent?.allowed === false) {
    const sentence = `You have hit your hourly limit for API calls. Your quota will reset in ${spent.quota.resetsIn} seconds.`
    return { world: charged, answer: text(402, sentence, headers) }
  }
  const served =
    route._tag === "Clients"
      ? operate(charged, options, request, route, user, now + options.clockSkew)
      : {
          world: charged,
          answer: text(200, route._tag === "Me" ? meBody(charged, options, route.operation, user, now) : "")
        }
  return { world: served.world, answer: { ...served.answer, headers: { ...served.answer.headers, ...headers } } }
}

const behindTheProxy = (
  world: World,
  options: FakeTogglOptions,
  request: WireRequest,
  credentials: TogglAuth.Credentials,
  now: number
): Served => {
  const route = routeOf(options, request)
  if (route._tag === "Unknown") {
    return { world, answer: text(route.status, route.status === 404 ? "404 page not found\n" : "") }
  }
  const { limits, outcome } = TogglAuth.signIn(world.limits, credentials, options, now)
  const counted = { ...world, limits }
  return outcome._tag === "SignedIn"
    ? signedIn(counted, options, request, route, outcome.user, now)
    : { world: counted, answer: notSignedIn(outcome, options) }
}

/**
 * Answers one request. `now` is in milliseconds since 1970.
 *
 * @since 0.1.0
 * @category serving
 */
export const serve = (world: World, options: FakeTogglOptions, request: WireRequest, now: number): Served => {
  const credentials = TogglAuth.parse(request.headers["authorization"])
  const serverNow = now + options.clockSkew
  if (options.rateLimit !== null) {
    const key = String(TogglAuth.userOf(credentials, options)?.id ?? "nobody")
    const poured = TogglLimits.pour(world.limits, key, options.rateLimit, now)
    if (poured.waitSeconds > 0) {
      return { world, answer: tooManyRequests(options, options.rateLimit, poured.waitSeconds, serverNow) }
    }
    world = { ...world, limits: poured.limits }
  }
  const served = behindTheProxy(world, options, request, credentials, now)
  return {
    world: served.world,
    answer: {
      ...served.answer,
      headers: {
        "content-type": "application/json",
        "cache-control": "no-store",
        ...dateHeader(options, serverNow),
        "x-toggl-request-id": TogglWire.requestId(request.sequence),
        ...served.answer.headers
      }
    }
  }
}
