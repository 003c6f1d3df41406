/** What every store promises of retries: in its place again, and what may have been applied is looked up first. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { Conflict, Forbidden, InvalidName, Undecided } from "../../src/ClientError.js"
import type { Entry } from "../../src/log/entry.js"
import { asked } from "../../src/log/request.js"
import type { Mutation } from "../../src/Mutation.js"
import type * as Steps from "./Steps.js"
import { again, claim, copied, refused, sending } from "./LogContract.js"
import { answered } from "./RepairContract.js"
import {
  archives,
  clientId,
  creates,
  type Device,
  draft,
  going,
  localId,
  over,
  toggl,
  updates,
  workspaceId
} from "./StoreUnderTest.js"

const same = <A>(a: A): A => a

/** Nobody can say what became of it. */
const undecided = (mutation: Mutation, ...found: Undecided["found"]): Steps.Verdict => ({
  _tag: "Refused",
  error: new Undecided({ ...asked(mutation), reason: "it may be this one", found })
})

const acme = creates(1, "Acme")

/** How the attempt at a create is in doubt. */
const doubts: ReadonlyArray<readonly [name: string, verdict: Steps.Verdict]> = [
  ["uncertain", again({ uncertain: true })],
  ["set aside", again({ uncertain: true, isSetAside: true })],
  ["undecided", undecided(acme, toggl(7, "Acme"), toggl(8, "Acme"))]
]

export const contract = (name: string, makeDevice: Effect.Effect<Device, never, Scope.Scope>) => {
  const connected = Effect.flatMap(makeDevice, (device) => device.connect)
  const standing = (store: Steps.Transactions, { seq }: Entry) =>
    Effect.map(store.load, ({ entries }) => entries.find((entry) => entry.seq === seq) ?? assert.fail("it is gone"))
  const openIn = (store: Steps.Transactions) =>
    Effect.map(store.load, ({ state }) => state.workspaces[String(workspaceId)]?.open)

  describe(`${name}: retries`, () => {
    it.live("puts a refused entry back in its place, edited or as it was", () =>
      Effect.gen(function* () {
        const store = yield* connected
        const taken = new InvalidName({ reason: "Taken", name: "Acme" })
        const entry = yield* answered(store, draft(creates(1, "Acme")), { _tag: "Refused", error: taken })
        const later = yield* store.accept(draft(creates(2)))
        const edited = yield* store.retry(entry.seq, (mutation) => ({ ...mutation, name: "Acme Inc" }))
        assert.strictEqual(edited, "Repaired")
        const { entries } = yield* store.load
        assert.deepStrictEqual(
          entries.map(({ id, mutation, seq, state }) => [seq, id, mutation, state._tag]),
          [
            [entry.seq, entry.id, creates(1, "Acme Inc"), "Pending"],
            [later.seq, later.id, creates(2), "Pending"]
          ]
        )
        yield* store.settle(yield* sending(store, entry), [entry.seq], refused, going, 3000)
        assert.strictEqual(yield* store.retry(entry.seq, same), "Repaired")
        assert.deepStrictEqual((yield* store.load).entries[0]?.mutation, creates(1, "Acme Inc"))
      }).pipe(Effect.scoped)
    )

    for (const [doubt, verdict] of doubts) {
      it.live(`keeps the attempt of what is ${doubt} and edited, and remembers what was sent`, () =>
        Effect.gen(function* () {
          const store = yield* connected
          const entry = yield* answered(store, draft(acme), verdict)
          const { failedAt, failingSince, ...before } = yield* standing(store, entry)
          const attempt = "attempt" in before.state ? before.state.attempt : assert.fail("it was tried")
          assert.strictEqual(yield* store.retry(entry.seq, (mutation) => ({ ...mutation, name: "Zenith" })), "Repaired")
          const edited = yield* standing(store, entry)
          assert.deepStrictEqual(edited, {
            ...before,
            mutation: creates(1, "Zenith"),
            sent: acme,
            failures: 0,
            state: { _tag: "Uncertain", attempt }
          })
          assert.deepStrictEqual(yield* openIn(store), [entry.seq])
          // However often it is edited: what was sent is what the attempt asked for.
          yield* store.retry(entry.seq, (mutation) => ({ ...mutation, name: "Nadir" }))
          const twice = { ...edited, mutation: creates(1, "Nadir") }
          assert.deepStrictEqual(yield* standing(store, entry), twice)
          yield* claim(store)
          assert.deepStrictEqual(yield* standing(store, entry), twice)
        }).pipe(Effect.scoped)
      )

      if (doubt === "uncertain") continue

      it.live(`looks up what is ${doubt} before it is sent again as it was`, () =>
        Effect.gen(function* () {
          const store = yield* connected
          const entry = yield* answered(store, draft(acme), verdict)
          const { failedAt, failingSince, ...before } = yield* standing(store, entry)
          const attempt = "attempt" in before.state ? before.state.attempt : assert.fail("it was tried")
          assert.strictEqual(yield* store.retry(entry.seq, same), "Repaired")
          assert.deepStrictEqual(yield* standing(store, entry), {
            ...before,
            failures: 0,
            state: { _tag: "Uncertain", attempt }
          })
          assert.deepStrictEqual(yield* openIn(store), [entry.seq])
        }).pipe(Effect.scoped)
      )
    }

    it.live("leaves what is uncertain anyway alone, unless it is edited", () =>
      Effect.gen(function* () {
        const device = yield* makeDevice
        const store = yield* device.connect
        const entry = yield* answered(store, draft(acme), again({ uncertain: true }))
        const before = yield* device.rows
        assert.strictEqual(yield* store.retry(entry.seq, same), "NotRefused")
        assert.deepStrictEqual(yield* device.rows, before)
      }).pipe(Effect.scoped)
    )

    it.live("edits nothing while it is being sent", () =>
      Effect.gen(function* () {
        const device = yield* makeDevice
        const store = yield* device.connect
        const entry = yield* store.accept(draft(acme))
        yield* sending(store, entry)
        const before = yield* device.rows
        const edit = store.retry(entry.seq, (mutation) => ({ ...mutation, name: "another" }))
        assert.strictEqual(yield* edit, "BeingSent")
        assert.deepStrictEqual(yield* device.rows, before)
      }).pipe(Effect.scoped)
    )

    it.live("forgets what was sent once the edit is sent in its place", () =>
      Effect.gen(function* () {
        const store = yield* connected
        const entry = yield* answered(store, draft(acme), again({ uncertain: true }))
        yield* store.retry(entry.seq, (mutation) => ({ ...mutation, name: "Zenith" }))
        const edited = yield* standing(store, entry)
        yield* sending(store, edited, 5000)
        const sent = yield* standing(store, entry)
        assert.isUndefined(sent.sent)
        assert.deepInclude(sent.state, { _tag: "Sending" })
        assert.deepInclude(sent.state._tag === "Sending" ? sent.state.attempt : {}, {
          number: 2,
          startedAt: 5000,
          target: { name: "Zenith", notes: "" }
        })
      }).pipe(Effect.scoped)
    )

    it.live("sends an undecided entry again that was never tried, for there is nothing to look up", () =>
      Effect.gen(function* () {
        const store = yield* connected
        const entry = yield* store.accept(draft(acme))
        const { fence } = yield* claim(store)
        yield* store.settle(fence, [entry.seq], undecided(acme), over, 3000)
        assert.strictEqual(yield* store.retry(entry.seq, same), "Repaired")
        assert.deepStrictEqual(yield* standing(store, entry), entry)
        assert.deepStrictEqual(yield* openIn(store), [])
      }).pipe(Effect.scoped)
    )

    it.live("compares an undecided update with what its user has seen Toggl to have", () =>
      Effect.gen(function* () {
        const store = yield* connected
        yield* copied(store, toggl(7, "Acme"))
        const rename = updates(clientId(7), { name: "Acme Inc" })
        const seen = toggl(7, "Acme", { notes: "theirs" })
        const entry = yield* answered(store, draft(rename), undecided(rename, seen))
        const before = yield* standing(store, entry)
        yield* store.retry(entry.seq, same)
        const attempt = "attempt" in before.state ? before.state.attempt : assert.fail("it was tried")
        assert.deepStrictEqual((yield* standing(store, entry)).state, {
          _tag: "Uncertain",
          attempt: { ...attempt, base: seen }
        })
      }).pipe(Effect.scoped)
    )

    it.live("goes on after a conflict from what Toggl had then", () =>
      Effect.gen(function* () {
        const store = yield* connected
        const [base, theirs] = [toggl(7, "Acme"), toggl(7, "Acme GmbH")]
        yield* copied(store, base)
        const rename = updates(clientId(7), { name: "Acme Inc" })
        const mine = { name: "Acme Inc", notes: "" }
        const error = new Conflict({ ...asked(rename), base, mine, theirs })
        const entry = yield* answered(store, draft(rename), { _tag: "Refused", error })
        assert.strictEqual(yield* store.retry(entry.seq, same), "Repaired")
        assert.deepStrictEqual(yield* standing(store, entry), { ...entry, base: theirs, attempts: 1 })
      }).pipe(Effect.scoped)
    )

    it.live("knows nothing any more of the attempts at what surely was not applied", () =>
      Effect.gen(function* () {
        const store = yield* connected
        const entry = yield* answered(store, draft(acme), again({ uncertain: false }))
        assert.strictEqual((yield* standing(store, entry)).failures, 1)
        yield* store.settle(yield* sending(store, entry), [entry.seq], refused, going, 3000)
        yield* store.retry(entry.seq, same)
        assert.deepStrictEqual(yield* standing(store, entry), { ...entry, attempts: 2 })
      }).pipe(Effect.scoped)
    )

    it.live("says why there is nothing to retry", () =>
      Effect.gen(function* () {
        const device = yield* makeDevice
        const store = yield* device.connect
        yield* device.put(1, "garbled")
        const pending = yield* store.accept(draft(creates(1)))
        const before = yield* device.rows
        assert.strictEqual(yield* store.retry(1, same), "Unreadable")
        assert.strictEqual(yield* store.retry(12345, same), "Unknown")
        assert.strictEqual(yield* store.retry(pending.seq, same), "NotRefused")
        assert.deepStrictEqual(yield* device.rows, before)
      }).pipe(Effect.scoped)
    )
  })

  describe(`${name}: adoptions`, () => {
    const found = toggl(7, "Acme", { notes: "net 30" })

    it.live(
      "settle an undecided create as the client that it was: its id resolves, and what depends on it goes on",
      () =>
        Effect.gen(function* () {
          const store = yield* connected
          const entry = yield* answered(store, draft(acme), undecided(acme, found))
          const held = yield* store.accept(draft(archives(localId(1))))
          const adopted = yield* store.adopt(entry.seq, found, 4000)
          const { entries, ids, state } = yield* store.load
          const outcome = (yield* store.outcome(entry.id)) ?? assert.fail("it has ended")
          assert.deepStrictEqual(adopted, { state, entries: [], ended: [{ seq: entry.seq, outcome }] })
          assert.deepStrictEqual(entries, [held])
          assert.deepStrictEqual([...ids], [[localId(1), clientId(7)]])
          assert.deepStrictEqual((yield* store.copy(workspaceId)).clients, [found])
          assert.deepInclude(outcome, {
            mutation: acme,
            endedAt: 4000,
            ending: { _tag: "Done", clientId: clientId(7), client: found }
          })
        }).pipe(Effect.scoped)
    )

    it.live("settle an undecided rename as its own client alone", () =>
      Effect.gen(function* () {
        const device = yield* makeDevice
        const store = yield* device.connect
        yield* copied(store, toggl(7, "Old"), toggl(8, "Acme"))
        const rename = updates(clientId(7), { name: "Acme" })
        const entry = yield* answered(store, draft(rename), undecided(rename, found))
        const before = yield* device.rows
        assert.strictEqual(yield* store.adopt(entry.seq, toggl(8, "Acme"), 4000), "Taken")
        assert.deepStrictEqual(yield* device.rows, before)
        yield* store.adopt(entry.seq, found, 4000)
        assert.deepStrictEqual((yield* store.copy(workspaceId)).clients, [found, toggl(8, "Acme")])
        assert.deepStrictEqual((yield* store.outcome(entry.id))?.ending, {
          _tag: "Done",
          clientId: clientId(7),
          client: found
        })
      }).pipe(Effect.scoped)
    )

    it.live("take one client for one create alone", () =>
      Effect.gen(function* () {
        const device = yield* makeDevice
        const store = yield* device.connect
        yield* answered(store, draft(creates(2, "Acme")), { _tag: "Done", client: found })
        const entry = yield* answered(store, draft(acme), undecided(acme, found))
        const before = yield* device.rows
        assert.strictEqual(yield* store.adopt(entry.seq, found, 4000), "Taken")
        assert.deepStrictEqual(yield* device.rows, before)
      }).pipe(Effect.scoped)
    )

    it.live("change nothing that is not undecided", () =>
      Effect.gen(function* () {
        const device = yield* makeDevice
        const store = yield* device.connect
        yield* device.put(1, "garbled")
        const forbidden = yield* answered(store, draft(creates(2)), { _tag: "Refused", error: new Forbidden({}) })
        const uncertain = yield* answered(store, draft(acme), again({ uncertain: true }))
        const aside = yield* answered(store, draft(creates(3)), again({ uncertain: true, isSetAside: true }))
        const pending = yield* store.accept(draft(creates(4)))
        const before = yield* device.rows
        for (const { seq } of [forbidden, uncertain, aside, pending]) {
          assert.strictEqual(yield* store.adopt(seq, found, 4000), "NotRefused")
        }
        assert.strictEqual(yield* store.adopt(1, found, 4000), "Unreadable")
        assert.strictEqual(yield* store.adopt(12345, found, 4000), "Unknown")
        assert.deepStrictEqual(yield* device.rows, before)
      }).pipe(Effect.scoped)
    )
  })
}
