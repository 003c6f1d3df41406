import { expect, layer } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { Fault } from "../../src/testing/index.js"
import * as OutboxSite from "./OutboxSite.js"
import * as ProcessTree from "./ProcessTree.js"

const isPut = ({ method }: { readonly method: string }) => method === "PUT"
const isPost = ({ method }: { readonly method: string }) => method === "POST"

// the time after which an attempt without an answer is looked up
const stillness = 3500
const options = { requestLimit: 3000, margin: 1000, patience: 60_000 }
// seeing that the other stands still, waiting until nothing of it can land, looking up: and the machine's own time
const bound = 3 * stillness + 4000

const aTab = (locks: boolean) =>
  Effect.gen(function* () {
    const { context, toggl } = yield* OutboxSite.fresh
    const a = yield* OutboxSite.open(context, toggl, "a", { ...options, locks })
    const b = yield* OutboxSite.load(context, toggl, "b", { locks })
    yield* a.call("startBeating")
    // a tab that stands in the middle of a task cannot be asked for its process
    const pid = yield* a.rendererPid
    // the other app starts when the first has its turn: before that either could take it
    const freezeBesideAnother = Effect.gen(function* () {
      yield* b.call("startSoon", OutboxSite.settingsOf(toggl, "b", options))
      yield* Effect.addFinalizer(() => Effect.ignore(ProcessTree.cont(pid)))
      yield* ProcessTree.stop(pid)
      yield* b.call("beatsDuring", 1)
      expect(yield* b.call("beatsDuring", 30)).toBe(0)
    })
    return { toggl, a, b, freezeBesideAnother, thaw: ProcessTree.cont(pid) }
  })

const overtake = Effect.fnUntraced(function* (b: OutboxSite.App) {
  const from = yield* Clock.currentTimeMillis
  yield* b.call("create", "After")
  yield* OutboxSite.drained(b)
  expect((yield* Clock.currentTimeMillis) - from).toBeLessThan(bound)
})

// once a change of its own has gone the whole way, nothing of the tab's earlier turn is left
const afterThaw = Effect.fnUntraced(function* (toggl: OutboxSite.Toggl, a: OutboxSite.App, b: OutboxSite.App) {
  yield* OutboxSite.drained(a)
  expect(yield* a.call("create", "Later")).toMatchObject({ _tag: "Confirmed" })
  yield* OutboxSite.drained(b)
  expect(yield* OutboxSite.names(toggl)).toEqual(["Acme", "After", "Later"])
  for (const tab of [a, b]) {
    expect(yield* tab.call("status")).toEqual({ queue: "Idle", refused: 0, waiting: 0 })
    expect([...(yield* tab.call("names", "Local"))].sort()).toEqual(["Acme", "After", "Later"])
  }
})

layer(OutboxSite.layerShared, { excludeTestServices: true })("a tab that stands still while it sends", (it) => {
  for (const locks of [true, false]) {
    const how = locks ? "" : ", without Web Locks"

    it.scoped(`with its request on the wire: is overtaken, and thawed it books nothing${how}`, () =>
      Effect.gen(function* () {
        const { a, b, freezeBesideAnother, thaw, toggl } = yield* aTab(locks)
        const answer = yield* Deferred.make<void>()
        yield* toggl.inject(Fault.hold(Deferred.await(answer), { work: "first" }), { when: isPost })
        const creating = yield* a.begin("create", "Acme")
        yield* toggl.awaitRequest((request) => isPost(request) && request.applied)
        yield* freezeBesideAnother
        yield* overtake(b)
        const booked = yield* b.call("dump")
        const sentBefore = (yield* a.sent).length
        yield* Deferred.succeed(answer, undefined)
        yield* thaw
        expect((yield* Fiber.join(creating))._tag).toMatch(/Confirmed|Queued/)
        yield* OutboxSite.drained(a)
        expect(yield* b.call("dump")).toBe(booked)
        expect((yield* a.sent).length).toBe(sentBefore)
        expect(yield* OutboxSite.created(toggl)).toEqual(["Acme", "After"])
        yield* afterThaw(toggl, a, b)
        expect(yield* OutboxSite.created(toggl)).toEqual(["Acme", "After", "Later"])
      })
    )

    // what browsers and proxies send late nothing here can call back
    it.scoped(`with a change that lands late: what is shown is Toggl's after the next list${how}`, () =>
      Effect.gen(function* () {
        const { a, b, freezeBesideAnother, thaw, toggl } = yield* aTab(locks)
        const { id = 0 } = yield* a.call("create", "Acme")
        const landing = yield* Deferred.make<void>()
        yield* toggl.inject(Fault.hold(Deferred.await(landing)), { when: isPut })
        const updating = yield* a.begin("update", id, { name: "Acme 1" })
        yield* toggl.awaitRequest(isPut)
        yield* freezeBesideAnother
        yield* OutboxSite.drained(b)
        expect(yield* b.call("update", id, { name: "Acme 2" })).toMatchObject({ _tag: "Confirmed" })
        yield* Deferred.succeed(landing, undefined)
        yield* toggl.awaitRequest((request) => isPut(request) && request.applied && request.fault === "hold")
        yield* thaw
        yield* Fiber.join(updating)
        yield* OutboxSite.drained(a)
        const theirs = yield* OutboxSite.names(toggl)
        expect(theirs).toEqual(["Acme 1"])
        for (const tab of [a, b]) {
          expect(yield* tab.call("names", "Toggl")).toEqual(theirs)
          expect(yield* tab.call("names", "Local")).toEqual(theirs)
        }
      })
    )

    it.scoped(`between the mark and the request: is overtaken, and thawed it sends nothing${how}`, () =>
      Effect.gen(function* () {
        const { a, b, freezeBesideAnother, thaw, toggl } = yield* aTab(locks)
        // in a new store the mark is the third write
        const gate = yield* OutboxSite.stopAt(a, { at: "committed", write: 3 })
        const creating = yield* a.begin("create", "Acme")
        yield* gate.reached
        yield* freezeBesideAnother
        yield* overtake(b)
        const booked = yield* b.call("dump")
        expect((yield* a.sent).filter(isPost)).toEqual([])
        yield* gate.open
        yield* thaw
        expect((yield* Fiber.join(creating))._tag).toMatch(/Confirmed|Queued/)
        yield* OutboxSite.drained(a)
        expect(yield* b.call("dump")).toBe(booked)
        expect((yield* a.sent).filter(isPost)).toEqual([])
        expect(yield* OutboxSite.created(toggl)).toEqual(["Acme", "After"])
        yield* afterThaw(toggl, a, b)
        expect(yield* OutboxSite.created(toggl)).toEqual(["Acme", "After", "Later"])
      })
    )

    it.scoped(`between the answer and its bookkeeping: is overtaken, and thawed it books nothing${how}`, () =>
      Effect.gen(function* () {
        const { a, b, freezeBesideAnother, thaw, toggl } = yield* aTab(locks)
        const gate = yield* OutboxSite.stopAt(a, { at: "answered", method: "POST" })
        const creating = yield* a.begin("create", "Acme")
        yield* gate.reached
        yield* freezeBesideAnother
        yield* overtake(b)
        const booked = yield* b.call("dump")
        const sentBefore = (yield* a.sent).length
        yield* gate.open
        yield* thaw
        expect((yield* Fiber.join(creating))._tag).toMatch(/Confirmed|Queued/)
        yield* OutboxSite.drained(a)
        expect(yield* b.call("dump")).toBe(booked)
        expect((yield* a.sent).length).toBe(sentBefore)
        yield* afterThaw(toggl, a, b)
        expect(yield* OutboxSite.created(toggl)).toEqual(["Acme", "After", "Later"])
      })
    )
  }
})
