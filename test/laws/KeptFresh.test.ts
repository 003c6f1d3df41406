import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as Scope from "effect/Scope"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import type { Client, Clients, View } from "../../src/index.js"
import { Fault } from "../../src/testing/index.js"
import { isList, limited, opened } from "../Requests.js"
import { ada, law, type Tab, workspaceId, type World } from "../World.js"

// Law 9, within the budget: who watches with a freshness asks Toggl only where the copy is older, and something says that
// asking may work: once for all who watch, in all tabs, and never by a timer.

const lists = (world: World) =>
  Effect.map(world.requests, (requests) => requests.filter((request) => request === "GET /clients").length)

/** What the watch has shown so far. */
const watched = (tab: Tab, options: Clients.WatchOptions) =>
  Effect.gen(function* () {
    const all = yield* Ref.make<ReadonlyArray<View.View>>([])
    yield* tab.clients.watch(workspaceId, options).pipe(
      Stream.runForEach((view) => Ref.update(all, (before) => [...before, view])),
      Effect.forkScoped
    )
    return Ref.get(all)
  })

/** Somebody watches. */
const watches = (tab: Tab, options: Clients.WatchOptions) => Effect.asVoid(watched(tab, options))

const refreshes = (shown: Effect.Effect<ReadonlyArray<View.View>>) =>
  Effect.map(shown, (views) =>
    views
      .map(({ refresh }) => (refresh._tag === "Failed" ? `Failed ${refresh.error._tag}` : refresh._tag))
      .filter((tag, at, all) => tag !== all[at - 1])
  )

const last = (shown: Effect.Effect<ReadonlyArray<View.View>>) =>
  Effect.map(refreshes(shown), (all) => all[all.length - 1])

const names = (view: View.View | undefined): ReadonlyArray<Client.Client["name"]> =>
  (view?.clients ?? []).map(({ name }) => name)

describe("a watch with a freshness", () => {
  law("asks when it begins, and shows that it does and what comes", (world) =>
    Effect.gen(function* () {
      yield* world.toggl.edit.createClient(workspaceId, { name: "Acme" })
      const tab = yield* world.open()
      const shown = yield* watched(tab, { freshness: "5 minutes" })
      yield* world.rests
      assert.deepStrictEqual(yield* refreshes(shown), ["Idle", "Running", "Idle"])
      assert.deepStrictEqual(names((yield* shown).at(-1)), ["Acme"])
      assert.strictEqual(yield* lists(world), 1)
    })
  )

  for (const lock of ["Exclusive", "Lease"] as const) {
    law(
      `costs a day of focus events as many lists as the copy grows too old, for all watchers and tabs (${lock})`,
      (world) =>
        Effect.gen(function* () {
          const tabs = [yield* world.open(), ...(lock === "Exclusive" ? [yield* world.open()] : [])]
          for (const tab of tabs) {
            yield* watches(tab, { freshness: "1 hour" })
            yield* watches(tab, { freshness: "2 hours", status: "both" })
            yield* watches(tab, { name: "a", freshness: "1 day" })
          }
          yield* world.rests
          assert.strictEqual(yield* lists(world), 1)
          for (let minutes = 0; minutes < 24 * 60; minutes += 10) {
            yield* world.passes("10 minutes")
            // the page is shown, and a moment later the network is back
            for (const tab of tabs) yield* tab.wakeUp
            for (const tab of tabs) yield* tab.wakeUp
            yield* world.rests
          }
          // the first, and one each 70 minutes: at 60 the copy is not older than an hour
          assert.strictEqual(yield* lists(world), 1 + 20)
        }),
      { lock }
    )
  }

  law("asks by no timer, however old the copy gets", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open()
      yield* watches(tab, { freshness: "1 minute" })
      yield* world.passes("1 day")
      assert.strictEqual(yield* lists(world), 1)
    })
  )

  law("asks nothing while nobody watches, and begins with who watches next", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const scope = yield* Scope.make()
      yield* Scope.extend(watches(tab, { freshness: "1 minute" }), scope)
      yield* world.rests
      yield* Scope.close(scope, Exit.void)
      yield* world.passes("1 hour")
      yield* tab.wakeUp
      yield* world.rests
      assert.strictEqual(yield* lists(world), 0)
      yield* watches(tab, { freshness: "2 hours" })
      yield* world.rests
      assert.strictEqual(yield* lists(world), 0)
      yield* watches(tab, { freshness: "10 minutes" })
      yield* world.rests
      assert.strictEqual(yield* lists(world), 1)
    })
  )

  law("asks nothing where it was given none, and shows no refresh", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open()
      const shown = yield* watched(tab, {})
      yield* world.passes("1 day")
      yield* tab.wakeUp
      yield* world.rests
      assert.strictEqual(yield* lists(world), 0)
      assert.deepStrictEqual(yield* refreshes(shown), ["Idle"])
    })
  )

  law("that fails says so, keeps what was shown, and tries again when the network is back", (world) =>
    Effect.gen(function* () {
      yield* world.toggl.edit.createClient(workspaceId, { name: "Acme" })
      const tab = yield* opened(world)
      yield* world.passes("1 hour")
      yield* world.toggl.setDown(true)
      const shown = yield* watched(tab, { freshness: "5 minutes" })
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* refreshes(shown), ["Idle", "Running", "Failed Unreachable"])
      assert.deepStrictEqual(names((yield* shown).at(-1)), ["Acme"])
      yield* world.toggl.setDown(false)
      yield* world.passes("1 hour")
      assert.strictEqual(yield* last(shown), "Failed Unreachable")
      yield* tab.wakeUp
      yield* world.rests
      assert.strictEqual(yield* last(shown), "Idle")
    })
  )

  law("that fails in one tab is not asked again by each event at once", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.passes("1 hour")
      yield* world.toggl.inject(Fault.proxyError({ status: 503 }), { when: isList, times: "always" })
      yield* watches(tab, { freshness: "5 minutes" })
      yield* watches(tab, { freshness: "6 minutes" })
      yield* world.rests
      assert.strictEqual(yield* lists(world), 1)
      yield* tab.wakeUp
      yield* tab.wakeUp
      yield* world.rests
      assert.strictEqual(yield* lists(world), 2)
    })
  )

  law("asks nothing before a time that Toggl named", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.passes("1 hour")
      yield* world.toggl.inject(limited("600"), { when: isList })
      const shown = yield* watched(tab, { freshness: "5 minutes" })
      yield* world.rests
      assert.strictEqual(yield* last(shown), "Failed RateLimited")
      for (let minutes = 1; minutes < 10; minutes++) {
        yield* world.passes("1 minute")
        yield* tab.wakeUp
        yield* world.rests
      }
      assert.strictEqual(yield* lists(world), 1)
      yield* world.passes("2 minutes")
      yield* tab.wakeUp
      yield* world.rests
      assert.deepStrictEqual([yield* lists(world), yield* last(shown)], [2, "Idle"])
    })
  )

  law(
    "leaves the requests of the reserve to the user",
    (world) =>
      Effect.gen(function* () {
        const tab = yield* opened(world, { reserve: 9 })
        assert.strictEqual((yield* tab.outbox.quota(workspaceId))?.remaining, 9)
        yield* world.passes("30 minutes")
        const shown = yield* watched(tab, { freshness: "5 minutes" })
        yield* tab.wakeUp
        yield* world.rests
        assert.deepStrictEqual([yield* lists(world), yield* refreshes(shown)], [0, ["Idle"]])
        // the quota has started anew
        yield* world.passes("40 minutes")
        yield* tab.wakeUp
        yield* world.rests
        assert.strictEqual(yield* lists(world), 1)
      }),
    { toggl: { quotaPerHour: 10, meQuotaPerHour: 30 } }
  )

  law("asks once the user has signed in", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open({ credentials: "none" })
      const shown = yield* watched(tab, { freshness: "5 minutes" })
      yield* world.rests
      assert.strictEqual(yield* last(shown), "Failed Unauthorized")
      yield* tab.credentials.set(ada)
      yield* world.rests
      assert.deepStrictEqual([yield* lists(world), yield* last(shown)], [1, "Idle"])
    })
  )

  law("goes on for all others where the one that began it goes", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open()
      yield* world.toggl.inject(Fault.delay("2 seconds"), { when: isList })
      const scope = yield* Scope.make()
      yield* Scope.extend(watches(tab, { freshness: "1 minute" }), scope)
      yield* world.passes("1 second")
      const shown = yield* watched(tab, { freshness: "1 minute" })
      yield* Scope.close(scope, Exit.void)
      yield* world.passes("5 seconds")
      assert.deepStrictEqual([yield* lists(world), yield* last(shown)], [1, "Idle"])
    })
  )

  law("does not wait for ever for a tab that was stopped while it asked", (world) =>
    Effect.gen(function* () {
      const stopped = yield* world.open()
      yield* world.toggl.inject(Fault.delay("2 seconds"), { when: isList })
      yield* watches(stopped, { freshness: "1 minute" })
      yield* world.passes("1 second")
      yield* stopped.freeze
      const tab = yield* world.open()
      const shown = yield* watched(tab, { freshness: "1 minute" })
      yield* world.passes("1 second")
      assert.strictEqual(yield* last(shown), "Running")
      yield* world.passes("1 minute")
      assert.strictEqual(yield* last(shown), "Idle")
    })
  )
})
