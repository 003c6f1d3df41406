/**
 * What many laws begin with and speak of: requests by what they ask for, a tab that has read the workspace, and how
 * changes stand.
 *
 * @since 0.1.0
 */
import { assert } from "@effect/vitest"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import { Client, ClientError, type Entry, OutboxStore, type Receipt, ReplayLock, type Status } from "../src/index.js"
import { FakeToggl, Fault, type RequestLog } from "../src/testing/index.js"
import { type Tab, type TabOptions, type World, workspaceId } from "./World.js"

type Request = Pick<RequestLog.RecordedRequest, "method" | "path">

export const isGet = ({ method }: Request) => method === "GET"
export const isChange = ({ method }: Request) => method !== "GET"
export const isList = ({ method, path }: Request) => method === "GET" && path.endsWith("/clients")
export const isCreate = ({ method, path }: Request) => method === "POST" && path.endsWith("/clients")
export const isUpdate = ({ method }: Request) => method === "PUT"
export const isDelete = ({ method }: Request) => method === "DELETE"
export const isArchive = ({ path }: Request) => path.endsWith("/archive")
export const isRestore = ({ path }: Request) => path.endsWith("/restore")
export const isMe = ({ path }: Request) => path.endsWith("/me")

/** Whether the body of the request says this. */
export const says = ({ body }: Pick<RequestLog.RecordedRequest, "body">, text: string): boolean =>
  JSON.stringify(body ?? "").includes(text)

/** Toggl, and what may stand in its place. */
export const servers = [
  ["Toggl", {}],
  ["a bare proxy", FakeToggl.bareProxy],
  ["a server of one's own", FakeToggl.selfHosted]
] as const

/** What a store says that has no room. */
export const full = new ClientError.StorageError({ reason: "Full", detail: "QuotaExceededError" })

/** A store that has no room, and can be read. */
export const noRoom = (operation: string): ClientError.StorageError | undefined =>
  ["load", "copy", "outcome"].includes(operation) ? undefined : full

/** Toggl's own 429, with or without the time that is named. */
export const limited = (retryAfter: string | undefined, headers: Readonly<Record<string, string>> = {}) =>
  Fault.refusal(429, null, {
    headers: { ...headers, ...(retryAfter === undefined ? {} : { "retry-after": retryAfter }) }
  })

/** A proxy's page that names a time: it has no request id of Toggl's. */
export const page = (status: number, retryAfter: string, headers: Readonly<Record<string, string>> = {}) =>
  Fault.proxyError({ status, headers: { ...headers, "retry-after": retryAfter } })

/** What a tab on another device of the user has of its own. */
export const anotherDevice = Effect.all({ memory: OutboxStore.makeMemory, lock: ReplayLock.makePrivate })

/** A tab that has read the workspace: whose credentials these are is known, and the copy is there. */
export const opened = (world: World, options?: TabOptions) =>
  Effect.gen(function* () {
    const tab = yield* world.open(options)
    yield* tab.clients.list(workspaceId)
    yield* world.clearRequests
    return tab
  })

/** The same where Toggl has a client. */
export const withAcme = (world: World) =>
  Effect.gen(function* () {
    const acme = yield* world.toggl.edit.createClient(workspaceId, { name: "Acme", notes: "net 30" })
    return { tab: yield* opened(world), acme: Client.ClientId.make(acme.id) }
  })

/** "Poison" and "Other" have failed for three hours, in a store that has seen some thousand steps (`counts`). */
export const bothStuck = (world: World, counts: Readonly<Record<string, number>>) =>
  Effect.gen(function* () {
    const tab = yield* opened(world)
    for (const row of world.memory.rows) {
      if (row.key === "state" && Predicate.isRecord(row.row)) row.row = { ...row.row, ...counts }
    }
    yield* tab.outbox.entries
    yield* offline(world, tab)
    yield* create(tab, "Poison")
    yield* create(tab, "Other")
    const maintenance = yield* world.toggl.inject(Fault.proxyError({ status: 503 }), {
      when: isChange,
      times: "always"
    })
    yield* online(world, tab)
    yield* world.passes("3 hours")
    return { tab, maintenance }
  })

/** What the status stream says from now on. */
export const heard = (tab: Tab) =>
  Effect.gen(function* () {
    const all = yield* Ref.make<ReadonlyArray<Status.Status>>([])
    yield* tab.outbox.changes.pipe(
      Stream.runForEach((status) => Ref.update(all, (before) => [...before, status])),
      Effect.forkScoped
    )
    return Ref.get(all)
  })

/** "Poison" never gets through, "Free" has, and the first is set aside. */
export const setAside = (world: World) =>
  Effect.gen(function* () {
    const tab = yield* opened(world)
    const fault = yield* world.toggl.inject(Fault.proxyError({ status: 503 }), {
      when: (request) => isChange(request) && says(request, "Poison"),
      times: "always"
    })
    const entry = queued(yield* create(tab, "Poison"))
    yield* create(tab, "Free")
    yield* world.passes("1 day")
    assert.deepStrictEqual(yield* standing(tab), ["SetAside"])
    yield* world.clearRequests
    return { tab, fault, entry }
  })

/** Another tab reads the list, which a worker's cache keeps then. */
export const readElsewhere = (world: World) =>
  Effect.gen(function* () {
    yield* world.toggl.configure({ cachedReads: "ignoringQuery" })
    const other = yield* world.open()
    yield* other.clients.list(workspaceId, { freshness: "Toggl" })
    yield* other.close
  })

/** A create of "Zenith" is applied and its answer lost, and somebody renames the client. */
export const lostAndRenamed = (world: World, tab: Tab) =>
  Effect.gen(function* () {
    yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
    queued(yield* create(tab, "Zenith"))
    const made = (yield* world.toggl.clients(workspaceId)).find(({ name }) => name === "Zenith")
    yield* world.toggl.edit.updateClient(workspaceId, made?.id ?? 0, { name: "Zenith Inc" })
  })

/** A create of "Acme" was applied and its answer lost; then a colleague changed the client. */
export const lostAndChanged = (world: World, theirs: Partial<Record<"name" | "notes", string>>) =>
  Effect.gen(function* () {
    const tab = yield* opened(world)
    yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
    const entry = queued(yield* create(tab, "Acme", "net 30"))
    const [made] = yield* world.toggl.clients(workspaceId)
    yield* world.toggl.edit.updateClient(workspaceId, made?.id ?? 0, theirs)
    return { tab, entry }
  })

/** "Taken" is refused, two changes depend on it, and "Free" has passed them. */
export const withRefusal = (world: World) =>
  Effect.gen(function* () {
    const tab = yield* opened(world)
    yield* world.toggl.edit.createClient(workspaceId, { name: "Taken" })
    yield* offline(world, tab)
    const taken = yield* create(tab, "Taken")
    const noted = yield* tab.clients.update(workspaceId, taken.id, { notes: "held" })
    const archived = yield* tab.clients.archive(workspaceId, taken.id)
    const free = yield* create(tab, "Free")
    yield* online(world, tab)
    yield* world.passes("5 minutes")
    yield* world.clearRequests
    return { tab, taken, noted, archived, free }
  })

export const create = (tab: Tab, name: string, notes = "") => tab.clients.create(workspaceId, { name, notes })

/** Nothing reaches Toggl, and the device knows it. */
export const offline = (world: World, ...tabs: ReadonlyArray<Tab>) =>
  Effect.zipRight(
    world.toggl.setDown(true),
    Effect.forEach(tabs, (tab) => tab.setOnline(false), { discard: true })
  )

/** Toggl can be reached, and the device says so. */
export const online = (world: World, ...tabs: ReadonlyArray<Tab>) =>
  Effect.zipRight(
    world.toggl.setDown(false),
    Effect.forEach(tabs, (tab) => Effect.zipRight(tab.setOnline(true), tab.wakeUp), { discard: true })
  )

/** The user resumes, and there is time enough for all. */
export const drained = (world: World, tab: Tab) => Effect.zipRight(tab.outbox.resume, world.passes("20 minutes"))

export const queued = <A>(receipt: Receipt.Receipt<A>): Entry.EntryId =>
  receipt._tag === "Queued" ? receipt.entryId : assert.fail("not queued")

/** `Confirmed`, or why it waits. */
export const waitsFor = <A>(receipt: Receipt.Receipt<A>): string =>
  receipt._tag === "Queued" ? receipt.reason._tag : receipt._tag

/** How the entries stand: as what they were refused, or why they wait. */
export const standing = (tab: Tab) =>
  Effect.map(tab.outbox.entries, (entries) =>
    entries.map(({ reason, refused, state }) => refused?._tag ?? reason?._tag ?? state)
  )

export const outcomes = (tab: Tab, entries: ReadonlyArray<Entry.EntryId>) =>
  Effect.map(Effect.forEach(entries, tab.outbox.outcome), (outcomes) => outcomes.map((outcome) => outcome._tag))

export const names = (clients: ReadonlyArray<{ readonly name: string }>) => clients.map((client) => client.name)

/** How many requests of any kind Toggl has seen. */
export const asked = (world: World) => Effect.map(world.toggl.requests, (requests) => requests.length)

/** Nothing is asked for so long, and soon after that it goes on. */
export const silentFor = (world: World, length: Duration.DurationInput, rest: Duration.DurationInput = "1 second") =>
  Effect.gen(function* () {
    const before = yield* asked(world)
    yield* world.passes(length)
    assert.strictEqual(yield* asked(world), before, "nothing is asked before the named time")
    yield* world.passes(rest)
    assert.isAbove(yield* asked(world), before, "it goes on at the named time")
  })
