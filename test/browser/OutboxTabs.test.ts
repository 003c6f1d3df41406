import { expect, layer } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { Fault } from "../../src/testing/index.js"
import * as Browser from "./Browser.js"
import * as OutboxSite from "./OutboxSite.js"

const twoTabs = (options?: OutboxSite.Options) =>
  Effect.gen(function* () {
    const { context, toggl } = yield* OutboxSite.fresh
    const open = (name: string) => OutboxSite.open(context, toggl, name, options)
    const [a, b] = yield* Effect.all([open("a"), open("b")], { concurrency: 2 })
    return { context, toggl, a, b }
  })

layer(OutboxSite.layerShared, { excludeTestServices: true })("two tabs of one app", (it) => {
  for (const locks of [true, false]) {
    const how = locks ? "" : ", without Web Locks"

    it.scoped(`send what either accepted in the order of acceptance${how}`, () =>
      Effect.gen(function* () {
        const { a, b, toggl } = yield* twoTabs({ locks })
        expect(yield* a.call("hasLocks")).toBe(locks)
        yield* a.call("pause")
        const burst = (tab: OutboxSite.App, numbers: ReadonlyArray<number>) =>
          Effect.forEach(numbers, (n) => tab.call("create", `${tab.name}${n}`), { concurrency: "unbounded" })
        const receipts = yield* Effect.all([burst(a, [1, 2, 3, 4, 5]), burst(b, [1, 2, 3, 4, 5])], { concurrency: 2 })
        expect(new Set(receipts.flat().map(({ reason }) => reason))).toEqual(new Set(["ByUser"]))
        const accepted = (yield* b.call("entries")).map(({ name }) => name)
        expect(accepted).toHaveLength(10)
        yield* b.call("resume")
        yield* Effect.all([OutboxSite.drained(a), OutboxSite.drained(b)], { concurrency: 2 })
        expect(yield* OutboxSite.created(toggl)).toEqual(accepted)
        expect(yield* OutboxSite.names(toggl)).toEqual(accepted)
        for (const tab of [a, b]) expect(yield* tab.call("names", "Local")).toHaveLength(10)
      })
    )

    it.scoped(`are each told how their own ended, whoever sent it${how}`, () =>
      Effect.gen(function* () {
        const { context, toggl } = yield* OutboxSite.fresh
        yield* toggl.edit.createClient(OutboxSite.workspaceId, { name: "Taken" })
        // the answer is held for as long as the other tab needs to open
        const settings = { locks, patience: 0, requestLimit: 60_000 }
        const b = yield* OutboxSite.open(context, toggl, "b", settings)
        const answer = yield* Deferred.make<void>()
        yield* toggl.inject(Fault.hold(Deferred.await(answer)), { when: ({ method }) => method === "POST" })
        const theirs = yield* b.call("create", "Theirs")
        yield* toggl.awaitRequest(({ method }) => method === "POST")
        const a = yield* OutboxSite.open(context, toggl, "a", settings)
        const mine = yield* a.call("create", "Mine")
        const refused = yield* a.call("create", "Taken")
        expect(yield* b.call("status")).toMatchObject({ waiting: 3 })
        yield* Deferred.succeed(answer, undefined)
        const done = yield* a.call("awaitOutcome", mine.entryId ?? "")
        const doneToo = yield* b.call("awaitOutcome", theirs.entryId ?? "")
        expect([done._tag, doneToo._tag]).toEqual(["Done", "Done"])
        yield* Effect.all([OutboxSite.drained(a), OutboxSite.drained(b)], { concurrency: 2 })
        expect(yield* a.call("outcome", refused.entryId ?? "")).toEqual({ _tag: "Standing", error: "InvalidName" })
        for (const tab of [a, b]) expect(yield* tab.call("status")).toEqual({ queue: "Idle", refused: 1, waiting: 0 })
        expect((yield* a.sent).map(({ method }) => method)).toEqual([])
        const clients = yield* toggl.clients(OutboxSite.workspaceId)
        const idOf = (name: string) => clients.find((client) => client.name === name)?.id
        expect([done.clientId, doneToo.clientId]).toEqual([idOf("Mine"), idOf("Theirs")])
      })
    )

    it.scoped(`confirm at once while both create${how}`, () =>
      Effect.gen(function* () {
        const { a, b, toggl } = yield* twoTabs({ locks })
        yield* toggl.inject(Fault.delay("20 millis"), { times: "always" })
        const both = [1, 2, 3].flatMap((n) => [a, b].map((tab) => tab.call("create", `${tab.name}${n}`)))
        const receipts = yield* Effect.all(both, { concurrency: "unbounded" })
        expect(receipts.map(({ _tag }) => _tag)).toEqual(receipts.map(() => "Confirmed"))
        expect([...(yield* OutboxSite.created(toggl))].sort()).toEqual(["a1", "a2", "a3", "b1", "b2", "b3"])
      })
    )
  }

  it.scoped("accept offline and send by themselves when the device is online again", () =>
    Effect.gen(function* () {
      const { a, b, context, toggl } = yield* twoTabs({ backoffCap: 60_000 })
      yield* Browser.setOffline(context, true)
      const first = yield* a.call("create", "First")
      expect(first).toMatchObject({ _tag: "Queued", reason: "Offline" })
      expect(yield* b.call("create", "Second")).toMatchObject({ _tag: "Queued" })
      expect(yield* b.call("update", first.id ?? 0, { name: "First, renamed" })).toMatchObject({ _tag: "Queued" })
      expect(yield* a.call("names", "Local")).toEqual(["First, renamed", "Second"])
      expect(yield* toggl.requests).toEqual([])
      yield* Browser.setOffline(context, false)
      yield* Effect.all([OutboxSite.drained(a), OutboxSite.drained(b)], { concurrency: 2 })
      expect(yield* OutboxSite.names(toggl)).toEqual(["First, renamed", "Second"])
      expect(yield* a.call("outcome", first.entryId ?? "")).toMatchObject({ _tag: "Done" })
    })
  )
})

layer(OutboxSite.layerShared, { excludeTestServices: true })("a service worker beside a page", (it) => {
  const pageAndWorker = (worker: OutboxSite.Options) =>
    Effect.gen(function* () {
      // a private context has no room for the script of the service worker
      const { context } = yield* Browser.Browser
      const toggl = yield* Effect.flatMap(OutboxSite.Site, (site) => site.toggl())
      const page = yield* OutboxSite.load(context, toggl, "page")
      yield* page.call("startWorker")
      return {
        context,
        toggl,
        page,
        start: Effect.all(
          [
            page.call("start", OutboxSite.settingsOf(toggl, "page")),
            page.call("inWorker", "start", OutboxSite.settingsOf(toggl, "worker", worker))
          ],
          { concurrency: 2 }
        )
      }
    })

  it.scoped("that wakes together with it sends nothing twice", () =>
    Effect.gen(function* () {
      const { context, page, start, toggl } = yield* pageAndWorker({})
      yield* toggl.inject(Fault.delay("10 millis", { work: "first" }), { times: "always" })
      yield* start
      yield* Browser.setOffline(context, true)
      const names = Array.from({ length: 12 }, (_, index) => `Client ${index + 1}`)
      for (const name of names) expect(yield* page.call("create", name)).toMatchObject({ _tag: "Queued" })
      yield* Browser.setOffline(context, false)
      yield* page.call("wakeBoth")
      yield* toggl.awaitRequest(({ body }) => JSON.stringify({ body }).includes("Client 6"))
      yield* page.call("wakeBoth")
      yield* Effect.all([OutboxSite.drained(page), page.call("inWorker", "awaitDrained")], { concurrency: 2 })
      expect(yield* OutboxSite.created(toggl)).toEqual(names)
      expect(yield* OutboxSite.names(toggl)).toEqual(names)
      for (const written of [yield* page.call("durabilities"), yield* page.call("inWorker", "durabilities")]) {
        expect(written).toEqual(Array.isArray(written) ? written.map(() => "strict") : [])
      }
    })
  )

  it.scoped("sends what the page left behind", () =>
    Effect.gen(function* () {
      const { context, page, start, toggl } = yield* pageAndWorker({})
      yield* start
      yield* Browser.setOffline(context, true)
      yield* page.call("create", "Left behind")
      yield* page.call("stop")
      yield* Browser.setOffline(context, false)
      yield* page.call("inWorker", "replayNow")
      yield* page.call("inWorker", "awaitDrained")
      const posts = (yield* toggl.requests).filter(({ method }) => method === "POST")
      expect(posts.map(({ headers }) => headers["x-tab"])).toEqual(["worker"])
      expect(yield* OutboxSite.names(toggl)).toEqual(["Left behind"])
    })
  )

  it.scoped("that has no credentials leaves the turn to the page, and pauses nothing", () =>
    Effect.gen(function* () {
      const { page, start, toggl } = yield* pageAndWorker({ credentials: undefined })
      yield* start
      for (const name of ["First", "Second", "Third"]) yield* page.call("create", name)
      yield* OutboxSite.drained(page)
      expect(yield* page.call("status")).toEqual({ queue: "Idle", refused: 0, waiting: 0 })
      expect(yield* OutboxSite.created(toggl)).toEqual(["First", "Second", "Third"])
    })
  )
})
