// The operations over HTTP: what each sends, and how its answer is read.
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Either from "effect/Either"
import { identity } from "effect/Function"
import * as Client from "../Client.js"
import { InvalidConfiguration } from "../ClientError.js"
import { CurrentCredentials } from "../Credentials.js"
import type { Asked } from "../error/base.js"
import { checkedClients, checkedFilter, checkedRestore, checkedState, checkedWorkspace } from "../error/input.js"
import { checkedName, checkedNotes } from "../error/name.js"
import { nameOf } from "../error/thrown.js"
import { bytes, count, duration } from "../settings.js"
import * as answers from "./answer.js"
import { resolveBaseUrl } from "./baseUrl.js"
import { makeCall, type Calls } from "./call.js"
import { navigatorOnline, untraced } from "./exchange.js"
import { LayersFetch } from "./fetch.js"
import type { AnswerInfo, ClientsApiOptions, Reading, ClientsApiService, ClientState } from "./service.js"

/** What every operation works with. */
interface Wire {
  readonly baseUrl: string
  readonly maxNameBytes: number
  readonly call: Calls["call"]
}

interface Requested extends Asked {
  readonly operation: Client.Operation
  readonly workspaceId: Client.WorkspaceId
}

const urlOf = ({ baseUrl }: Wire, { clientId, workspaceId }: Requested): string =>
  `${baseUrl}/workspaces/${workspaceId}/clients${clientId === undefined ? "" : `/${clientId}`}`

const list = /*#__PURE__*/ Effect.fnUntraced(function* (
  wire: Wire,
  workspaceId: Client.WorkspaceId,
  filter: Client.Filter = {},
  reading?: Reading
) {
  const asked = { operation: "list", workspaceId } as const
  yield* checkedWorkspace("list", workspaceId)
  yield* checkedFilter("list", workspaceId, filter)
  const { name = "", status } = filter
  const urlParams = { ...(status === undefined ? {} : { status }), ...(name === "" ? {} : { name }) }
  const request = HttpClientRequest.get(urlOf(wire, asked), { urlParams })
  return yield* wire.call(asked, request, (asked, answer) => answers.list(asked, answer, status), reading)
})

const write = /*#__PURE__*/ Effect.fnUntraced(function* (
  { call, maxNameBytes }: Wire,
  asked: Requested,
  request: HttpClientRequest.HttpClientRequest,
  state: ClientState
) {
  yield* checkedState(asked, state)
  const { name, notes } = state
  const checked = yield* checkedName(asked, name, maxNameBytes)
  const checkedToo = notes === undefined ? undefined : yield* checkedNotes(asked, notes)
  const body = { name: checked, notes: checkedToo, wid: asked.workspaceId }
  return yield* call(asked, HttpClientRequest.bodyUnsafeJson(request, body), (asked, answer) =>
    answers.create(asked, answer, checked)
  )
})

const get = (wire: Wire, asked: Requested, reading?: Reading) =>
  wire.call(asked, HttpClientRequest.get(urlOf(wire, asked)), answers.get, reading)

const update = (wire: Wire, asked: Requested, state: ClientState) =>
  write(wire, asked, HttpClientRequest.put(urlOf(wire, asked)), state)

const delete_ = (wire: Wire, asked: Requested) =>
  wire.call(asked, HttpClientRequest.del(urlOf(wire, asked)), answers.delete)

const archive = (wire: Wire, asked: Requested) =>
  wire.call(asked, HttpClientRequest.post(`${urlOf(wire, asked)}/archive`), answers.archive)

const restore = /*#__PURE__*/ Effect.fnUntraced(function* (
  wire: Wire,
  asked: Requested,
  input: Client.RestoreInput = {}
) {
  yield* checkedRestore(asked, input)
  const { projects, restoreAllProjects } = input
  const request = HttpClientRequest.post(`${urlOf(wire, asked)}/restore`)
  const isBare = projects === undefined && restoreAllProjects === undefined
  const body = { projects, restore_all_projects: restoreAllProjects }
  return yield* wire.call(asked, isBare ? request : HttpClientRequest.bodyUnsafeJson(request, body), answers.get)
})

/** How long a request may take. */
export const requestLimit = (
  options: Pick<ClientsApiOptions, "requestLimit">
): Either.Either<Duration.Duration, InvalidConfiguration> =>
  duration("requestLimit", options.requestLimit ?? "20 seconds", 'a duration such as "20 seconds"')

export const make = /*#__PURE__*/ Effect.fnUntraced(function* (
  options: ClientsApiOptions = {}
): Effect.fn.Return<ClientsApiService, InvalidConfiguration, CurrentCredentials | HttpClient.HttpClient> {
  const source = yield* CurrentCredentials
  const client = yield* HttpClient.HttpClient
  const baseUrl = yield* resolveBaseUrl(options.baseUrl)
  const limit = yield* requestLimit(options)
  const maxNameBytes = yield* count("maxNameBytes", options.maxNameBytes ?? Client.maxNameBytes, bytes)
  const listeners = new Set<(info: AnswerInfo) => Effect.Effect<void>>()
  const { transformClient = identity } = options
  const transformed = yield* Effect.try({
    try: () => untraced(client, transformClient),
    catch: (thrown) =>
      new InvalidConfiguration({
        setting: "transformClient",
        problem: `it threw (${nameOf(thrown)}): set it to a function that gives an HttpClient`
      })
  })
  const { call, latestDate, mayBeDeceived, me } = makeCall(transformed, source, {
    baseUrl,
    limit,
    traceHeaders: options.traceHeaders ?? false,
    isOnline: options.isOnline ?? navigatorOnline,
    offlineIncludesLoopback: options.offlineIncludesLoopback ?? false,
    fetch: yield* Effect.serviceOption(LayersFetch),
    listeners: () => [...(options.onAnswer === undefined ? [] : [options.onAnswer]), ...listeners]
  })
  const wire: Wire = { baseUrl, maxNameBytes, call }

  const onClient = <Args extends ReadonlyArray<unknown>, A, E>(
    operation: Client.Operation,
    send: (wire: Wire, asked: Requested, ...args: Args) => Effect.Effect<A, E>
  ) =>
    Effect.fn(`ClientsApi.${operation}`)((workspaceId: Client.WorkspaceId, clientId: Client.ClientId, ...args: Args) =>
      Effect.flatMap(checkedClients(operation, workspaceId, [clientId]), () =>
        send(wire, { operation, workspaceId, clientId }, ...args)
      )
    )

  const onMany = <A, E>(
    operation: "delete" | "archive",
    read: (asked: Asked, answer: answers.Answer) => Either.Either<A, E | answers.Denied>
  ) =>
    Effect.fn(`ClientsApi.${operation}Many`)(
      (workspaceId: Client.WorkspaceId, clientIds: ReadonlyArray<Client.ClientId>) => {
        const asked = { operation, workspaceId }
        const request = HttpClientRequest.post(`${urlOf(wire, asked)}/${operation}`)
        return Effect.flatMap(checkedClients(operation, workspaceId, clientIds), () =>
          call(asked, HttpClientRequest.bodyUnsafeJson(request, clientIds), read)
        )
      }
    )

  return {
    baseUrl,
    requestLimit: limit,
    latestDate,
    mayBeDeceived,
    listen: (listener) =>
      Effect.acquireRelease(
        Effect.sync(() => {
          listeners.add(listener)
        }),
        () => Effect.sync(() => listeners.delete(listener))
      ),
    listWithReport: Effect.fn("ClientsApi.listWithReport")(
      (workspaceId: Client.WorkspaceId, filter?: Client.Filter, reading?: Reading) =>
        list(wire, workspaceId, filter, reading)
    ),
    list: Effect.fn("ClientsApi.list")(function* (workspaceId: Client.WorkspaceId, filter?: Client.Filter) {
      const { clients, leftOut } = yield* list(wire, workspaceId, filter)
      if (leftOut.length > 0) yield* Effect.logWarning(`${leftOut.length} of the listed clients cannot be read`)
      return clients
    }),
    create: Effect.fn("ClientsApi.create")((workspaceId: Client.WorkspaceId, input: Client.CreateInput) => {
      const asked = { operation: "create", workspaceId } as const
      return Effect.flatMap(checkedWorkspace("create", workspaceId), () =>
        write(wire, asked, HttpClientRequest.post(urlOf(wire, asked)), input)
      )
    }),
    get: onClient("get", get),
    update: onClient("update", update),
    delete: onClient("delete", delete_),
    archive: onClient("archive", archive),
    restore: onClient("restore", restore),
    deleteMany: onMany("delete", answers.delete),
    archiveMany: onMany("archive", answers.archiveMany),
    me: Effect.withSpan(me, "ClientsApi.me")
  }
})
