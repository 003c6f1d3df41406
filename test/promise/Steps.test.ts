import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { isStorageError, type TogglClients } from "../../src/doors/promise.js"
import { Client, Clients, OutboxStore, ReplayLock } from "../../src/index.js"
import { Fault } from "../../src/testing/index.js"
import { create, isGet, lostAndChanged, offline, opened, queued, standing, withRefusal } from "../Requests.js"
import { law, type StoreOperation, type Tab, type World } from "../World.js"
import {
  enough,
  goes,
  goings,
  type Heard,
  heard,
  isWord,
  over,
  rejected,
  resolved,
  turns,
  within,
  workspaceId
} from "./Plain.js"

// Whoever goes while a step of the outbox is made hears what came of it: it is never half heard, and never told as undone.

/** What an operation is called on, and how it is seen there whether it was done. */
interface Scene {
  readonly tab: Tab
  readonly call: (toggl: TogglClients, signal: AbortSignal) => Promise<unknown>
  readonly isDone: Effect.Effect<boolean, unknown>
}

/** An operation: the last step of it, what it gives, and where it can be called. */
interface Operation {
  readonly step: StoreOperation
  readonly gives: (value: unknown) => unknown
  readonly scene: (world: World) => Effect.Effect<Scene, unknown, Effect.Effect.Context<ReturnType<World["open"]>>>
}

// locks within a process are known by their names
let accounts = 0

const itself = (value: unknown) => value
const count = (value: unknown) => (Array.isArray(value) ? value.length : value)

const offlineWithOne = (world: World) =>
  Effect.gen(function* () {
    const tab = yield* opened(world)
    yield* offline(world, tab)
    return { tab, entry: queued(yield* create(tab, "Acme")) }
  })

const isEmpty = ({ outbox }: Tab) => Effect.map(outbox.entries, (entries) => entries.length === 0)

const isPaused = ({ outbox }: Tab, reason: string) =>
  Effect.map(outbox.status, ({ queue }) => queue._tag === "Paused" && queue.reason === reason)

const operations: Readonly<Record<string, Operation>> = {
  retry: {
    step: "retry",
    gives: itself,
    scene: (world) =>
      Effect.gen(function* () {
        const { tab, taken } = yield* withRefusal(world)
        yield* offline(world, tab)
        return {
          tab,
          call: (toggl, signal) => toggl.retry(queued(taken), { name: "Free name" }, { signal }),
          isDone: Effect.map(standing(tab), ([first]) => first === "Offline")
        }
      })
  },
  discard: {
    step: "discard",
    gives: count,
    scene: (world) =>
      Effect.gen(function* () {
        const { tab, taken } = yield* withRefusal(world)
        return {
          tab,
          call: (toggl, signal) => toggl.discard(queued(taken), { signal }),
          isDone: isEmpty(tab)
        }
      })
  },
  exportEntries: {
    step: "take",
    gives: (value) => typeof value === "string" && value.includes("Acme"),
    scene: (world) =>
      Effect.map(offlineWithOne(world), ({ tab }) => ({
        tab,
        call: (toggl, signal) => toggl.exportEntries({ take: true, signal }),
        isDone: isEmpty(tab)
      }))
  },
  confirmExport: {
    step: "confirm",
    gives: itself,
    scene: (world) =>
      Effect.gen(function* () {
        const { tab } = yield* offlineWithOne(world)
        const file = yield* tab.outbox.exportEntries({ take: true })
        return {
          tab,
          call: (toggl, signal) => toggl.confirmExport(file, { signal }),
          isDone: Effect.map(tab.outbox.moved, (moved) => moved.length === 0)
        }
      })
  },
  importEntries: {
    step: "importRows",
    gives: itself,
    scene: (world) =>
      Effect.gen(function* () {
        const { tab } = yield* offlineWithOne(world)
        const file = yield* tab.outbox.exportEntries({ take: true })
        return {
          tab,
          call: (toggl, signal) => toggl.importEntries(file, { signal }),
          isDone: Effect.map(isEmpty(tab), (isEmpty) => !isEmpty)
        }
      })
  },
  takeOver: {
    step: "receive",
    gives: itself,
    scene: (world) =>
      Effect.gen(function* () {
        const other = { account: `Anna ${++accounts}`, baseUrl: "https://api.track.toggl.com" }
        const name = Clients.databaseName(other.account, other.baseUrl)
        const memory = yield* OutboxStore.makeMemory
        const old = yield* world.open({
          account: other.account,
          memory,
          lock: yield* ReplayLock.makePrivate,
          online: false,
          credentials: "none"
        })
        yield* create(old, "Acme")
        yield* old.kill
        yield* world.toggl.setDown(true)
        const tab = yield* world.open({
          online: false,
          lock: ReplayLock.makeInProcess(`${name} now`),
          others: new Map([[name, memory]])
        })
        return {
          tab,
          call: (toggl, signal) => toggl.takeOver(other, { signal }),
          isDone: Effect.map(isEmpty(tab), (isEmpty) => !isEmpty)
        }
      })
  },
  pause: {
    step: "changeState",
    gives: itself,
    scene: (world) =>
      Effect.map(opened(world), (tab) => ({
        tab,
        call: (toggl, signal) => toggl.pause({ signal }),
        isDone: isPaused(tab, "ByUser")
      }))
  },
  resume: {
    step: "changeState",
    gives: itself,
    scene: (world) =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        yield* tab.outbox.pause
        return {
          tab,
          call: (toggl, signal) => toggl.resume({ signal }),
          isDone: Effect.map(isPaused(tab, "ByUser"), (isPaused) => !isPaused)
        }
      })
  },
  signOut: {
    step: "signOut",
    gives: itself,
    scene: (world) =>
      Effect.map(opened(world), (tab) => ({
        tab,
        call: (toggl, signal) => toggl.signOut({ signal }),
        isDone: isPaused(tab, "SignInNeeded")
      }))
  },
  purge: {
    step: "purge",
    gives: itself,
    scene: (world) =>
      Effect.map(offlineWithOne(world), ({ tab }) => ({
        tab,
        call: (toggl, signal) => toggl.purge({ signal }),
        isDone: isEmpty(tab)
      }))
  }
}

/** What each gives when nobody goes. */
const given: Readonly<Record<string, unknown>> = {
  discard: 3,
  exportEntries: true,
  confirmExport: 1,
  importEntries: 1,
  takeOver: 1
}

/** How a call stands by now. */
const standOf = (told: Promise<Heard<unknown>>) =>
  Effect.promise(() => Promise.race([told, turns(50).then(() => "it waits" as const)]))

for (const [name, { gives, scene, step }] of Object.entries(operations)) {
  describe(name, () => {
    for (const going of goings) {
      law(`that is being done is heard to its end: ${going}`, (world) =>
        Effect.gen(function* () {
          const { call, isDone, tab } = yield* scene(world)
          const { toggl } = yield* over(tab)
          const held = yield* tab.holdResult(step)
          const controller = new AbortController()
          const told = heard(call(toggl, controller.signal))
          yield* world.passes("1 second")
          yield* held.isDone
          goes(toggl, controller, going)
          assert.strictEqual(yield* standOf(told), "it waits")
          yield* held.release
          assert.deepStrictEqual(gives(resolved(resolved(yield* within(world, "1 second", told)))), given[name])
          assert.isTrue(yield* isDone)
        })
      )

      law(`that has not begun is not done: ${going}`, (world) =>
        Effect.gen(function* () {
          const { call, isDone, tab } = yield* scene(world)
          const { toggl } = yield* over(tab, 50)
          yield* tab.clearOperations
          const controller = new AbortController()
          const told = heard(call(toggl, controller.signal))
          yield* Effect.promise(() => turns(10))
          goes(toggl, controller, going)
          const ended = resolved(yield* within(world, "1 second", told))
          assert.isTrue(ended._tag === "Rejected" && isWord(going, ended.error), JSON.stringify(ended))
          yield* world.passes("1 second")
          assert.notInclude(yield* tab.operations, step)
          assert.isFalse(yield* isDone)
        })
      )
    }

    law("that the database does not answer ends in time all the same", (world) =>
      Effect.gen(function* () {
        const { call, tab } = yield* scene(world)
        const { toggl } = yield* over(tab)
        const controller = new AbortController()
        yield* tab.holdResult(step)
        const told = heard(call(toggl, controller.signal))
        yield* world.passes("1 second")
        goes(toggl, controller, "Aborted")
        // patience, and half a second
        yield* world.passes("9500 millis")
        const error = rejected(resolved(yield* within(world, "0 millis", told)))
        assert.isTrue(isStorageError(error), error.message)
      })
    )
  })
}

describe("adopt", () => {
  /** A create that is undecided, and the client that it has made. */
  const undecided = (world: World) =>
    Effect.gen(function* () {
      const { entry, tab } = yield* lostAndChanged(world, { notes: "theirs" })
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* standing(tab), ["Undecided"])
      const [made] = yield* world.toggl.clients(workspaceId)
      return { entry, tab, made: Client.ClientId.make(made?.id ?? assert.fail("none")) }
    })

  for (const going of goings) {
    law(`that is being done is heard to its end: ${going}`, (world) =>
      Effect.gen(function* () {
        const { entry, made, tab } = yield* undecided(world)
        const { toggl } = yield* over(tab)
        const held = yield* tab.holdResult("adopt")
        const controller = new AbortController()
        const told = heard(toggl.adopt(entry, made, { signal: controller.signal }))
        yield* world.passes("1 second")
        yield* held.isDone
        goes(toggl, controller, going)
        yield* held.release
        assert.isUndefined(resolved(resolved(yield* within(world, "1 second", told))))
        assert.deepInclude(yield* tab.outbox.outcome(entry), { _tag: "Done", clientId: made })
      })
    )

    law(`of an entry that asks for more by now is heard too: ${going}`, (world) =>
      Effect.gen(function* () {
        const { entry, made, tab } = yield* undecided(world)
        yield* tab.outbox.retry(entry, { notes: "mine" })
        yield* world.passes("5 minutes")
        assert.deepStrictEqual(yield* standing(tab), ["Undecided"])
        const { toggl } = yield* over(tab)
        const held = yield* tab.holdResult("adopt")
        const controller = new AbortController()
        const told = heard(toggl.adopt(entry, made, { signal: controller.signal }))
        yield* world.passes("1 second")
        yield* held.isDone
        yield* offline(world, tab)
        goes(toggl, controller, going)
        yield* held.release
        assert.isUndefined(resolved(resolved(yield* within(world, "1 second", told))))
        assert.deepStrictEqual(yield* standing(tab), ["Offline"])
      })
    )

    law(`that asks Toggl is heard at once, and changes nothing: ${going}`, (world) =>
      Effect.gen(function* () {
        const { entry, made, tab } = yield* undecided(world)
        yield* world.toggl.inject(Fault.hang(), { when: isGet, times: "always" })
        const { toggl } = yield* over(tab)
        const controller = new AbortController()
        const told = heard(toggl.adopt(entry, made, { signal: controller.signal }))
        yield* world.passes("1 second")
        goes(toggl, controller, going)
        const ended = resolved(yield* within(world, "0 millis", told))
        assert.isTrue(ended._tag === "Rejected" && isWord(going, ended.error), JSON.stringify(ended))
        assert.deepStrictEqual(yield* standing(tab), ["Undecided"])
      })
    )
  }

  law("of an entry that is not undecided takes nothing that happens to it for its own", (world) =>
    Effect.gen(function* () {
      const acme = yield* world.toggl.edit.createClient(workspaceId, { name: "Acme" })
      const tab = yield* opened(world)
      yield* offline(world, tab)
      const id = Client.ClientId.make(acme.id)
      const entry = queued(yield* tab.clients.update(workspaceId, id, { notes: "net 30" }))
      const { toggl } = yield* over(tab)
      const held = yield* tab.holdResult("load")
      const controller = new AbortController()
      const told = heard(toggl.adopt(entry, acme.id, { signal: controller.signal }))
      yield* held.isDone
      goes(toggl, controller, "Aborted")
      yield* held.release
      assert.strictEqual(rejected(resolved(yield* within(world, "1 second", told))), enough)
    })
  )
})
