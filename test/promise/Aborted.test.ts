import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import {
  isClosed,
  isNotSaved,
  open,
  type OpenOptions,
  type Receipt,
  token,
  type TogglClients
} from "../../src/doors/promise.js"
import { ClientError, Entry } from "../../src/index.js"
import "fake-indexeddb/auto"
import { FakeToggl, Fault } from "../../src/testing/index.js"
import { create, isChange, isCreate, names, offline, online, opened } from "../Requests.js"
import { law, type Tab, type World } from "../World.js"
import {
  enough,
  type Going,
  goes,
  goings,
  type Heard,
  heard,
  isWord,
  over,
  rejected,
  resolved,
  tasks,
  turns,
  within,
  workspaceId
} from "./Plain.js"

// Who goes before a change is accepted hears so, and nothing comes of it; who goes later hears what is true of it: it is never
// undone. Both whether a signal is aborted or all is closed, and at whichever step.

/** A client: its name, its notes, and whether it is archived. */
type Kept = readonly [name: string, notes: string, isArchived: boolean]

/** A change of a client of that name. */
interface Change {
  readonly call: (toggl: TogglClients, id: number, name: string, signal: AbortSignal) => Promise<Receipt<unknown>>
  readonly before: (name: string) => ReadonlyArray<Kept>
  readonly after: (name: string) => ReadonlyArray<Kept>
}

const active = (name: string): ReadonlyArray<Kept> => [[name, "", false]]
const archived = (name: string): ReadonlyArray<Kept> => [[name, "", true]]
const none = (): ReadonlyArray<Kept> => []

const changes: Readonly<Record<"create" | "update" | "delete" | "archive" | "restore", Change>> = {
  create: {
    call: (toggl, _, name, signal) => toggl.create(workspaceId, { name }, { signal }),
    before: none,
    after: active
  },
  update: {
    call: (toggl, id, _, signal) => toggl.update(workspaceId, id, { notes: "net 30" }, { signal }),
    before: active,
    after: (name) => [[name, "net 30", false]]
  },
  delete: {
    call: (toggl, id, _, signal) => toggl.delete(workspaceId, id, { signal }),
    before: active,
    after: none
  },
  archive: {
    call: (toggl, id, _, signal) => toggl.archive(workspaceId, id, { signal }),
    before: active,
    after: archived
  },
  restore: {
    call: (toggl, id, _, signal) => toggl.restore(workspaceId, id, {}, { signal }),
    before: archived,
    after: active
  }
}

/** Which id the client is called by: Toggl's, or the one that it got here while the device was offline. */
type Id = "Toggl's id" | "a local id"

const nameAt = (index: number): string => `Client ${index}`

/**
 * After how many turns a caller goes: at each step of accepting, and at some of sending. It takes fewer than 72 in
 * all, for nothing is waited for.
 */
const turnsOf = (id: Id, isOnline: boolean): ReadonlyArray<number> => [
  ...Array.from({ length: 12 }, (_, turn) => turn),
  ...(isOnline ? Array.from({ length: 60 }, (_, turn) => turn + 12) : []).filter(
    (turn) => turn % (id === "Toggl's id" ? 3 : 10) === 0
  )
]

/** The clients are there before, by that id. Those with a local id are still to be sent where the device is offline. */
const made = (world: World, tab: Tab, { before }: Change, id: Id, isOnline: boolean) =>
  Effect.gen(function* () {
    const wanted = turnsOf(id, isOnline).flatMap((count) => before(nameAt(count)))
    const ids: Array<number> = []
    if (id === "Toggl's id") {
      for (const [name, , isArchived] of wanted) {
        const client = yield* world.toggl.edit.createClient(workspaceId, { name })
        if (isArchived) yield* world.toggl.edit.archiveClient(workspaceId, client.id)
        ids.push(client.id)
      }
      yield* tab.clients.list(workspaceId, { freshness: "Toggl" })
    } else {
      yield* offline(world, tab)
      for (const [name, , isArchived] of wanted) {
        const { id } = yield* create(tab, name)
        if (isArchived) yield* tab.clients.archive(workspaceId, id)
        ids.push(id)
      }
    }
    yield* isOnline ? online(world, tab) : offline(world, tab)
    yield* world.passes("10 minutes")
    return ids
  })

const keptBy = (world: World) =>
  Effect.map(world.toggl.clients(workspaceId), (clients) =>
    clients.map(({ archived, name, notes }): Kept => [name, notes, archived])
  )

const tagOf = <A>(told: Heard<Receipt<A>>): string => (told._tag === "Resolved" ? told.value._tag : "Rejected")

/** Calls, goes after so many turns, and says what was heard, and whether that was before. */
const played = (
  world: World,
  toggl: TogglClients,
  call: (signal: AbortSignal) => Promise<Receipt<unknown>>,
  count: number,
  going: Going
) =>
  Effect.gen(function* () {
    const controller = new AbortController()
    let isOver = false
    const telling = heard(call(controller.signal)).finally(() => {
      isOver = true
    })
    yield* Effect.promise(() => turns(count))
    const wasOver = isOver
    goes(toggl, controller, going)
    const told = resolved(yield* within(world, "1 second", telling))
    if (told._tag === "Rejected") assert.isTrue(isWord(going, told.error), String(told.error))
    return { tag: tagOf(told), wasOver }
  })

/** At each step of accepting and sending the change, each time of another client. */
const atEveryStep = (world: World, { after, before, call }: Change, id: Id, isOnline: boolean, going: Going) =>
  Effect.gen(function* () {
    // then each change is one request
    const tab = yield* opened(world, { merge: false })
    const ids = yield* made(world, tab, { after, before, call }, id, isOnline)
    const pending = (yield* tab.outbox.entries).length
    yield* world.clearRequests
    // who closes needs another one each time, which is built as it is first called
    const shared = yield* over(tab)
    const tags: Array<string> = []
    const expected: Array<Kept> = []
    let isOver = false
    for (const [index, count] of turnsOf(id, isOnline).entries()) {
      const name = nameAt(count)
      const { tag, wasOver } = yield* Effect.gen(function* () {
        const { toggl } = going === "Closed" ? yield* over(tab) : shared
        const calling = (signal: AbortSignal) => call(toggl, ids[index] ?? 0, name, signal)
        return yield* played(world, toggl, calling, count, going)
      }).pipe(Effect.scoped)
      tags.push(tag)
      expected.push(...(tag === "Rejected" ? before(name) : after(name)))
      isOver ||= wasOver
    }
    assert.isTrue(isOver, "no call was over before its caller went")
    const accepted = tags.filter((tag) => tag !== "Rejected").length
    assert.strictEqual((yield* tab.outbox.entries).length, isOnline ? 0 : pending + accepted)
    // what was tried while nothing could be reached does not count
    if (!isOnline) yield* world.clearRequests
    yield* online(world, tab)
    yield* world.passes("10 minutes")
    assert.deepStrictEqual(yield* tab.outbox.entries, [])
    assert.sameDeepMembers([...(yield* keptBy(world))], expected)
    assert.strictEqual((yield* world.sent).length, pending + accepted)
    return tags
  })

describe("whoever goes", () => {
  for (const [name, change] of Object.entries(changes)) {
    const which: ReadonlyArray<Id> = name === "create" ? ["Toggl's id"] : ["Toggl's id", "a local id"]
    for (const id of which) {
      for (const isOnline of [true, false]) {
        for (const going of goings) {
          const where = `${name}${name === "create" ? "" : ` by ${id}`}, ${isOnline ? "online" : "offline"}`
          law(`hears the truth at every step, and what was accepted gets to Toggl once: ${where}: ${going}`, (world) =>
            Effect.gen(function* () {
              const tags = yield* atEveryStep(world, change, id, isOnline, going)
              // or it would say nothing
              assert.includeMembers(tags, isOnline ? ["Rejected", "Queued", "Confirmed"] : ["Rejected", "Queued"])
            })
          )
        }
      }
    }
  }

  for (const going of goings) {
    law(`while it is being stored hears that it is kept: ${going}`, (world) =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        yield* offline(world, tab)
        const { toggl } = yield* over(tab)
        const held = yield* tab.holdResult("accept")
        const controller = new AbortController()
        const told = heard(toggl.create(workspaceId, { name: "Acme" }, { signal: controller.signal }))
        yield* held.isDone
        goes(toggl, controller, going)
        yield* held.release
        const receipt = resolved(resolved(yield* within(world, "1 second", told)))
        if (receipt._tag !== "Queued") return assert.fail(receipt._tag)
        assert.deepStrictEqual([receipt.client?.name, receipt.reason._tag], ["Acme", "InProgress"])
        assert.deepStrictEqual(
          (yield* tab.outbox.entries).map(({ id }) => id),
          [Entry.EntryId.make(receipt.entryId)]
        )
      })
    )

    law(`while it is being sent hears that it is in progress: ${going}`, (world) =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        yield* world.toggl.inject(Fault.delay("5 seconds"), { when: isChange })
        const { toggl } = yield* over(tab)
        const controller = new AbortController()
        const told = heard(toggl.create(workspaceId, { name: "Acme" }, { signal: controller.signal }))
        yield* world.passes("1 second")
        goes(toggl, controller, going)
        const receipt = resolved(resolved(yield* within(world, "0 millis", told)))
        assert.strictEqual(receipt._tag === "Queued" ? receipt.reason._tag : receipt._tag, "InProgress")
        yield* world.passes("1 minute")
        assert.deepStrictEqual(yield* world.names, ["Acme"])
      })
    )

    law(`while it is sent without a store hears that Toggl may have done it: ${going}`, (world) =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        const missing = new ClientError.StorageError({ reason: "Missing", detail: "none" })
        yield* tab.setStorageFault(() => missing)
        yield* world.toggl.inject(Fault.hang(), { when: isCreate })
        const { toggl } = yield* over(tab)
        const controller = new AbortController()
        const told = heard(toggl.create(workspaceId, { name: "Acme" }, { signal: controller.signal }))
        yield* world.passes("1 second")
        goes(toggl, controller, going)
        const error = rejected(resolved(yield* within(world, "1 second", told)))
        if (!isNotSaved(error)) return assert.fail(String(error))
        assert.isTrue(error.mayHaveBeenApplied)
      })
    )

    law(`of what only reads, or waits, hears it at once: ${going}`, (world) =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        yield* world.toggl.inject(Fault.hang(), { when: (request) => !isChange(request), times: "always" })
        yield* offline(world, tab)
        const { toggl } = yield* over(tab)
        resolved(yield* within(world, "1 second", toggl.create(workspaceId, { name: "Acme" })))
        const controller = new AbortController()
        const { signal } = controller
        const calls = [
          toggl.list(workspaceId, { freshness: "Toggl", signal }),
          toggl.awaitDrained({ signal }),
          toggl.flush({ signal })
        ].map(heard<unknown>)
        goes(toggl, controller, going)
        for (const call of calls) {
          const told = resolved(yield* within(world, "1 second", call))
          assert.isTrue(told._tag === "Rejected" && isWord(going, told.error), JSON.stringify(told))
        }
      })
    )
  }

  law("before it calls does nothing at all", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const { toggl } = yield* over(tab)
      const signal = AbortSignal.abort(enough)
      assert.strictEqual(
        rejected(yield* within(world, "1 second", toggl.create(workspaceId, { name: "A" }, { signal }))),
        enough
      )
      yield* Effect.promise(() => toggl.close())
      assert.isTrue(isClosed(rejected(yield* within(world, "1 second", toggl.list(workspaceId)))))
      assert.deepStrictEqual(yield* world.requests, [])
      assert.deepStrictEqual(names(yield* tab.clients.list(workspaceId)), [])
    })
  )

  law("keeps no listener on a signal that lives on", (world) =>
    Effect.gen(function* () {
      const { toggl } = yield* over(yield* opened(world))
      const { signal } = new AbortController()
      let count = 0
      const add = signal.addEventListener.bind(signal)
      const remove = signal.removeEventListener.bind(signal)
      signal.addEventListener = (...given: Parameters<typeof add>) => {
        count++
        add(...given)
      }
      signal.removeEventListener = (...given: Parameters<typeof remove>) => {
        count--
        remove(...given)
      }
      resolved(yield* within(world, "1 second", toggl.create(workspaceId, { name: "A" }, { signal })))
      resolved(yield* within(world, "1 second", toggl.list(workspaceId, { signal })))
      assert.strictEqual(count, 0)
    })
  )
})

describe("whoever goes, on IndexedDB", () => {
  for (const going of goings) {
    for (const isOpen of [true, false]) {
      it.live(`hears the truth at every step: ${isOpen ? "opened before" : "opened by the call"}: ${going}`, () =>
        Effect.gen(function* () {
          const options: OpenOptions = {
            account: `anna, ${isOpen ? "opened" : "not opened"}, ${going}`,
            credentials: token(FakeToggl.defaultUser.apiToken),
            fetch: () => Promise.reject(new TypeError("nothing can be reached"))
          }
          const tags = new Set<string>()
          const kept: Array<string> = []
          for (let count = 0; count < 24; count++) {
            const name = nameAt(count)
            const toggl = open(options)
            if (isOpen) yield* Effect.promise(() => toggl.readEntries())
            const controller = new AbortController()
            const telling = heard(toggl.create(workspaceId, { name }, { signal: controller.signal }))
            // at once, after turns, and after tasks
            if (count > 0) yield* Effect.promise(() => (count < 8 ? turns(count) : tasks(count - 8)))
            goes(toggl, controller, going)
            const told = yield* Effect.promise(() => telling)
            if (told._tag === "Rejected") assert.isTrue(isWord(going, told.error), String(told.error))
            else kept.push(name)
            tags.add(tagOf(told))
            yield* Effect.promise(() => toggl.close())
          }
          const after = open(options)
          const entries = yield* Effect.promise(() => after.readEntries())
          yield* Effect.promise(() => after.close())
          assert.deepStrictEqual(
            entries.map(({ nameAfter }) => nameAfter),
            kept
          )
          // where it is open, storing begins with the call
          assert.sameMembers([...tags], isOpen ? ["Queued"] : ["Rejected", "Queued"])
        })
      )
    }
  }
})
