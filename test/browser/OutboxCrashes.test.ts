import { describe, expect, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { Fault } from "../../src/testing/index.js"
import * as Browser from "./Browser.js"
import * as OutboxSite from "./OutboxSite.js"
import type { Moment } from "./pages/outboxRecorder.js"
import * as ProcessTree from "./ProcessTree.js"
import * as Wait from "./Wait.js"

// another worker may have the machine's other core: an answer that comes must not come too late
const quick = { requestLimit: 3000, margin: 1000 }

// the writes of a tab that creates one client in a new store: accept, claim, mark, settle, and when
// outcomes were last pruned
const writes = 5

interface Step {
  readonly name: string
  /** Lets the tab come to the step, and waits until it stands there. */
  readonly reach: (
    app: OutboxSite.App,
    toggl: OutboxSite.Toggl
  ) => Effect.Effect<void, unknown, OutboxSite.Site | Scope.Scope>
}

const isPost = ({ method }: { readonly method: string }) => method === "POST"

const standing = (name: string, moment: Moment): Step => ({
  name,
  reach: (app) =>
    Effect.gen(function* () {
      const gate = yield* OutboxSite.stopAt(app, moment)
      yield* app.begin("create", "Acme")
      yield* gate.reached
    })
})

const onTheWire = (work: "first" | "last"): Step => ({
  name: work === "first" ? "between Toggl's work and its answer" : "between the request and Toggl's work",
  reach: (app, toggl) =>
    Effect.gen(function* () {
      yield* toggl.inject(Fault.hold(Effect.never, { work }), { when: isPost })
      yield* app.begin("create", "Acme")
      yield* toggl.awaitRequest((request) => isPost(request) && (work === "last" || request.applied))
    })
})

const steps: ReadonlyArray<Step> = [
  ...Array.from({ length: writes }, (_, index) => index + 1).flatMap((write) => [
    standing(`in write ${write}`, { at: "begun", write }),
    standing(`after write ${write}`, { at: "committed", write })
  ]),
  onTheWire("last"),
  onTheWire("first"),
  standing("between the answer and its bookkeeping", { at: "answered", method: "POST" })
]

const whatIsLeft = Effect.fnUntraced(function* (toggl: OutboxSite.Toggl, other: OutboxSite.App) {
  const after = yield* other.call("create", "After")
  yield* OutboxSite.drained(other)
  const applied = (yield* toggl.requests).filter((request) => isPost(request) && request.applied)
  return {
    after: after._tag === "Failed" ? after.error : "told",
    clients: yield* OutboxSite.names(toggl),
    applied: applied.length,
    shown: (yield* other.call("names", "Toggl")).toSorted(),
    status: yield* other.call("status")
  }
})

const kept = {
  after: "told",
  clients: ["Acme", "After"],
  applied: 2,
  shown: ["Acme", "After"],
  status: { queue: "Idle", refused: 0, waiting: 0 }
}
// nothing was accepted, and nobody was told that it was
const never = { ...kept, clients: ["After"], applied: 1, shown: ["After"] }

const expected = steps.map(({ name }) => [name, name === "in write 1" ? never : kept])

layer(OutboxSite.layerShared, { excludeTestServices: true })("a tab that ends at any step of a change", (it) => {
  it.scoped("makes so many writes", () =>
    Effect.gen(function* () {
      const { context, toggl } = yield* OutboxSite.fresh
      const tab = yield* OutboxSite.open(context, toggl, "a")
      expect(yield* tab.call("create", "Acme")).toMatchObject({ _tag: "Confirmed" })
      const written = Effect.map(tab.call("durabilities"), ({ length }) => length)
      yield* Wait.until(
        "the writes",
        Effect.map(written, (count) => count >= writes)
      )
      // nothing else is written: this is the next
      yield* tab.call("pause")
      expect(yield* written).toBe(writes + 1)
    })
  )

  it.scoped("killed while another tab is open: the other finishes its work, once and in order", () =>
    Effect.gen(function* () {
      const found = yield* Effect.forEach(
        steps,
        ({ name, reach }) =>
          Effect.gen(function* () {
            const { context, toggl } = yield* OutboxSite.fresh
            const tab = yield* OutboxSite.open(context, toggl, "a", quick)
            const pid = yield* tab.rendererPid
            const other = yield* OutboxSite.load(context, toggl, "b", quick)
            yield* reach(tab, toggl)
            // the other queues for the lock, or for the transaction, behind the one that will never go on
            yield* other.call("startSoon", OutboxSite.settingsOf(toggl, "b", quick))
            yield* ProcessTree.killOne(pid)
            return [name, yield* whatIsLeft(toggl, other)]
          }).pipe(Effect.scoped),
        { concurrency: 3 }
      )
      expect(found).toEqual(expected)
    })
  )

  it.scoped("closed alone: the next one to open finishes its work, once and in order", () =>
    Effect.gen(function* () {
      const found = yield* Effect.forEach(
        steps,
        ({ name, reach }) =>
          Effect.gen(function* () {
            const { context, toggl } = yield* OutboxSite.fresh
            const tab = yield* OutboxSite.open(context, toggl, "a", quick)
            yield* reach(tab, toggl)
            yield* tab.close
            const other = yield* OutboxSite.open(context, toggl, "b", quick)
            return [name, yield* whatIsLeft(toggl, other)]
          }).pipe(Effect.scoped),
        { concurrency: 3 }
      )
      expect(found).toEqual(expected)
    })
  )

  it.scoped("killed just after it accepted: a tab that is open hears of it, and sends it", () =>
    Effect.gen(function* () {
      const { context, toggl } = yield* OutboxSite.fresh
      const tab = yield* OutboxSite.open(context, toggl, "a")
      const pid = yield* tab.rendererPid
      const other = yield* OutboxSite.open(context, toggl, "b")
      const gate = yield* OutboxSite.stopAt(tab, { at: "committed", write: 1 })
      yield* tab.begin("create", "Acme")
      yield* gate.reached
      yield* ProcessTree.killOne(pid)
      yield* toggl.awaitRequest((request) => isPost(request) && request.applied).pipe(Wait.within("the other to send"))
      yield* OutboxSite.drained(other)
      expect(yield* OutboxSite.created(toggl)).toEqual(["Acme"])
    })
  )
})

describe("a browser that is killed", () => {
  it.scopedLive("keeps what it accepted, and sends it in order after a restart, what was on the wire only once", () =>
    Effect.gen(function* () {
      const { toggl: makeToggl } = yield* OutboxSite.Site
      const toggl = yield* makeToggl()
      const profileDir = yield* Browser.profileDir
      const first = yield* Browser.launchPersistent(profileDir)
      const before = yield* OutboxSite.open(first.context, toggl, "before", { patience: 0 })
      yield* toggl.inject(Fault.hold(Effect.never, { work: "first" }), { when: isPost })
      const onTheWire = yield* before.call("create", "First")
      yield* toggl.awaitRequest((request) => isPost(request) && request.applied)
      const second = yield* before.call("create", "Second")
      const renamed = yield* before.call("update", second.id ?? 0, { name: "Second, renamed" })
      expect([onTheWire, second, renamed].map(({ _tag }) => _tag)).toEqual(["Queued", "Queued", "Queued"])
      yield* first.kill

      const again = yield* Browser.launchPersistent(profileDir)
      const after = yield* OutboxSite.open(again.context, toggl, "after")
      yield* OutboxSite.drained(after)
      expect(yield* OutboxSite.names(toggl)).toEqual(["First", "Second, renamed"])
      // what was made and renamed meanwhile goes as one request
      expect(yield* OutboxSite.created(toggl)).toEqual(["First", "Second, renamed"])
      for (const { entryId = "" } of [onTheWire, second, renamed]) {
        expect(yield* after.call("outcome", entryId)).toMatchObject({ _tag: "Done" })
      }
    }).pipe(Effect.provide(OutboxSite.layer))
  )
})
