import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import { isClosed, isNotSaved, type Receipt } from "../../src/doors/promise.js"
import { ClientError, Entry } from "../../src/index.js"
import { Fault } from "../../src/testing/index.js"
import { isChange, isCreate, names, offline, online, opened } from "../Requests.js"
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
  turns,
  within,
  workspaceId
} from "./Plain.js"

// Who goes before a change is accepted hears so, and nothing comes of it; who goes later hears what is true of it: it is never
// undone. Both whether a signal is aborted or all is closed, and at whichever step.

const tagOf = <A>(told: Heard<Receipt<A>>): string => (told._tag === "Resolved" ? told.value._tag : "Rejected")

interface Play {
  /** So many turns pass before the first call can begin. */
  readonly building: number
  readonly turns: number
  readonly going: Going
  readonly isOnline: boolean
}

const plays = FastCheck.sample(
  FastCheck.record({
    building: FastCheck.nat(20),
    // most steps of accepting are among the first, and all of sending among these
    turns: FastCheck.oneof(FastCheck.nat(40), FastCheck.nat(400)),
    going: FastCheck.constantFrom(...goings),
    isOnline: FastCheck.boolean()
  }),
  { numRuns: 40, seed: 20260105 }
)

/** A client is made, and its caller goes after so many turns. */
const played = (world: World, tab: Tab, { building, going, isOnline, turns: count }: Play, name: string) =>
  Effect.gen(function* () {
    yield* isOnline ? online(world, tab) : offline(world, tab)
    yield* world.rests
    const { toggl } = yield* over(tab, building)
    const controller = new AbortController()
    const told = heard(toggl.create(workspaceId, { name }, { signal: controller.signal }))
    yield* Effect.promise(() => turns(count))
    goes(toggl, controller, going)
    yield* world.passes("1 minute")
    const how = yield* within(world, "0 millis", told)
    return resolved(how)
  }).pipe(Effect.scoped)

describe("whoever goes", () => {
  law("hears the truth at every step, and what was accepted gets to Toggl once", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const seen = new Set<string>()
      const kept: Array<string> = []
      for (const [index, play] of plays.entries()) {
        const name = `Client ${index}`
        const told = yield* played(world, tab, play, name)
        const tag = tagOf(told)
        seen.add(`${play.going} ${tag}`)
        if (told._tag === "Rejected") assert.isTrue(isWord(play.going, told.error), String(told.error))
        else kept.push(name)
        if (tag === "Confirmed") assert.isTrue(play.isOnline)
        yield* online(world, tab)
        yield* world.passes("10 minutes")
        assert.deepStrictEqual(yield* tab.outbox.entries, [], JSON.stringify(play))
        assert.deepStrictEqual([...(yield* world.names)].sort(), [...kept].sort(), JSON.stringify(play))
      }
      // or the property would say nothing
      assert.includeMembers([...seen], ["Aborted Rejected", "Aborted Queued", "Closed Rejected", "Closed Queued"])
    })
  )

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
