/** What every store promises of discards: whatever is asked for goes, and a late answer still says how it ended. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { Undecided } from "../../src/ClientError.js"
import { asked } from "../../src/log/request.js"
import type { Mutation } from "../../src/Mutation.js"
import type * as Steps from "./Steps.js"
import { again, claim, copied, refused, sending } from "./LogContract.js"
import {
  clientId,
  creates,
  deletes,
  type Device,
  draft,
  going,
  localId,
  otherWorkspaceId,
  over,
  toggl,
  updates,
  workspaceId,
  listing
} from "./StoreUnderTest.js"

type Happens = (store: Steps.Transactions, seq: number) => Effect.Effect<unknown, unknown>

const sent: Happens = (store, seq) =>
  Effect.flatMap(store.load, ({ entries }) =>
    sending(store, entries.find((entry) => entry.seq === seq) ?? assert.fail("it stands"))
  )

const settled =
  (verdict: Steps.Verdict): Happens =>
  (store, seq) =>
    Effect.gen(function* () {
      const [entry = assert.fail("it stands")] = (yield* store.load).entries
      yield* store.settle(yield* sending(store, entry), [seq], verdict, going, 3000)
    })

const untried =
  (verdict: Steps.Verdict): Happens =>
  (store, seq) =>
    Effect.flatMap(claim(store), ({ fence }) => store.settle(fence, [seq], verdict, going, 3000))

const undecided: Steps.Verdict = {
  _tag: "Refused",
  error: new Undecided({ ...asked(creates(1, "Acme")), reason: "it may be this one", found: [] })
}

/** What an entry has come to when its user discards it, and whether Toggl may have applied it. */
const standings: ReadonlyArray<readonly [what: string, happens: Happens, isInDoubt: boolean]> = [
  ["waits", () => Effect.void, false],
  ["surely failed", settled(again({ uncertain: false })), false],
  ["is refused", settled(refused), false],
  ["is set aside untried", untried(again({ uncertain: false, isSetAside: true })), false],
  ["is undecided untried", untried(undecided), false],
  ["is being sent", sent, true],
  ["is uncertain", settled(again({ uncertain: true })), true],
  ["is uncertain for its replayer died", (store, seq) => Effect.zipRight(sent(store, seq), claim(store)), true],
  ["is set aside", settled(again({ uncertain: true, isSetAside: true })), true],
  ["is undecided", settled(undecided), true]
]

export const contract = (name: string, makeDevice: Effect.Effect<Device, never, Scope.Scope>) => {
  const connected = Effect.flatMap(makeDevice, (device) => device.connect)
  const standing = (store: Steps.Transactions) =>
    Effect.map(store.load, ({ entries }) => entries.map((entry) => entry.seq))

  describe(`${name}: discards`, () => {
    it.live("takes an entry out with all that depends on it, each with its outcome, and nothing else", () =>
      Effect.gen(function* () {
        const device = yield* makeDevice
        const store = yield* device.connect
        yield* copied(store, toggl(7, "Acme"), toggl(8, "Other"))
        yield* device.put(1, { version: 1, clientId: 8 })
        const earlier = yield* store.accept(draft(updates(clientId(7), { notes: "x" })))
        const rename = yield* store.accept(draft(updates(clientId(7), { name: "Acme Inc" })))
        const heldByRow = yield* store.accept(draft(updates(clientId(8), { notes: "y" })))
        const takesName = yield* store.accept(draft(creates(1, "Acme")))
        const ofIt = yield* store.accept(draft(deletes(localId(1))))
        const apart = yield* store.accept(draft(creates(2, "Else")))
        const discarded = yield* store.discard(rename.seq, 4000)
        assert.deepStrictEqual(discarded, {
          _tag: "Discarded",
          entries: [rename, takesName, ofIt].map((entry) => ({ entry, mayHaveBeenApplied: false }))
        })
        assert.deepStrictEqual(yield* standing(store), [earlier.seq, heldByRow.seq, apart.seq])
        for (const entry of [rename, takesName, ofIt]) {
          assert.deepStrictEqual((yield* store.outcome(entry.id))?.ending, {
            _tag: "Discarded",
            mayHaveBeenApplied: false
          })
        }
        assert.isUndefined(yield* store.outcome(heldByRow.id))
      }).pipe(Effect.scoped)
    )

    for (const [what, happens, isInDoubt] of standings) {
      it.live(`takes what ${what}, and says that it ${isInDoubt ? "may have been" : "was not"} applied`, () =>
        Effect.gen(function* () {
          const store = yield* connected
          yield* copied(store, toggl(7, "Other"))
          const since = { store: (yield* store.load).state.store, turn: 0 }
          yield* store.storeList(otherWorkspaceId, since, listing([]), 6)
          const { id, seq } = yield* store.accept(draft(creates(1, "Acme")))
          yield* happens(store, seq)
          const [entry = assert.fail("it stands")] = (yield* store.load).entries
          assert.deepStrictEqual(yield* store.discard(seq, 4000), {
            _tag: "Discarded",
            entries: [{ entry, mayHaveBeenApplied: isInDoubt }]
          })
          const { entries, state } = yield* store.load
          assert.deepStrictEqual(entries, [])
          assert.deepStrictEqual((yield* store.outcome(id))?.ending, {
            _tag: "Discarded",
            mayHaveBeenApplied: isInDoubt
          })
          // The copy may lack what it did, or hold it: it stands, but counts as not fetched.
          const workspace = state.workspaces[String(workspaceId)]
          assert.deepStrictEqual(workspace?.open, [])
          assert.strictEqual(workspace?.fetchedAt, isInDoubt ? undefined : 5)
          assert.deepStrictEqual((yield* store.copy(workspaceId)).clients, [toggl(7, "Other")])
          assert.strictEqual(state.workspaces[String(otherWorkspaceId)]?.fetchedAt, 6)
        }).pipe(Effect.scoped)
      )
    }

    it.live("tells of each that goes with it whether that one may have been applied", () =>
      Effect.gen(function* () {
        const device = yield* makeDevice
        const store = yield* device.connect
        yield* copied(store, toggl(7, "Acme"))
        const first = yield* store.accept(draft(updates(clientId(7), { notes: "x" })))
        const sent = yield* store.accept(draft(deletes(clientId(7))))
        yield* sending(store, sent)
        const before = yield* device.rows
        assert.strictEqual(yield* store.discard(12345, 4000), "Unknown")
        assert.deepStrictEqual(yield* device.rows, before)
        const taken = yield* store.discard(first.seq, 4000)
        const given = typeof taken === "string" ? assert.fail(taken) : taken.entries
        assert.deepStrictEqual(
          given.map(({ entry, mayHaveBeenApplied }) => [entry.seq, mayHaveBeenApplied]),
          [
            [first.seq, false],
            [sent.seq, true]
          ]
        )
        assert.isUndefined((yield* store.copy(workspaceId)).fetchedAt)
      }).pipe(Effect.scoped)
    )

    it.live("stores no list that was read before what was on the wire was discarded", () =>
      Effect.gen(function* () {
        const store = yield* connected
        yield* copied(store)
        const entry = yield* store.accept(draft(creates(1)))
        yield* sending(store, entry)
        const { state } = yield* store.load
        const since = { store: state.store, turn: state.workspaces[String(workspaceId)]?.turn ?? 0 }
        yield* store.discard(entry.seq, 4000)
        assert.isUndefined(yield* store.storeList(workspaceId, since, listing([]), 5000))
      }).pipe(Effect.scoped)
    )

    it.live("takes a row that cannot be read by its number alone", () =>
      Effect.gen(function* () {
        const device = yield* makeDevice
        const store = yield* device.connect
        yield* device.put(1, { version: 1, clientId: 7 })
        const held = yield* store.accept(draft(deletes(clientId(7))))
        assert.deepStrictEqual(yield* store.discard(1, 4000), { _tag: "Discarded", entries: [] })
        const { entries, unreadable } = yield* store.load
        assert.deepStrictEqual([entries, unreadable], [[held], []])
      }).pipe(Effect.scoped)
    )
  })

  describe(`${name}: late answers`, () => {
    /** It is on the wire, and its user discards it. */
    const discarded = (store: Steps.Transactions, mutation: Mutation) =>
      Effect.gen(function* () {
        const { seq } = yield* store.accept(draft(mutation))
        const fence = yield* sending(
          store,
          (yield* store.load).entries.find((entry) => entry.seq === seq) ?? assert.fail()
        )
        const known = (yield* store.load).entries.filter((entry) => entry.seq === seq)
        const [entry = assert.fail()] = known
        yield* store.discard(seq, 3000)
        const answer = (verdict: Steps.Verdict) => store.settle(fence, [seq], verdict, over, 4000, { known })
        return { answer, entry, fence }
      })

    it.live("replace the outcome of a create that was discarded: it was made, and its id resolves", () =>
      Effect.gen(function* () {
        const store = yield* connected
        yield* copied(store)
        const { answer, entry } = yield* discarded(store, creates(1, "Acme"))
        const client = toggl(7, "Acme")
        const settled = yield* answer({ _tag: "Done", client, isAnswer: true })
        const outcome = (yield* store.outcome(entry.id)) ?? assert.fail("it has ended")
        assert.deepStrictEqual(settled?.ended, [{ seq: entry.seq, outcome }])
        assert.deepInclude(outcome, { endedAt: 4000, ending: { _tag: "Done", clientId: clientId(7), client } })
        const { entries, ids, state } = yield* store.load
        assert.deepStrictEqual([entries, [...ids]], [[], [[localId(1), clientId(7)]]])
        assert.deepStrictEqual(state, settled?.state)
        assert.deepInclude(yield* store.copy(workspaceId), { clients: [client], fetchedAt: undefined })
      }).pipe(Effect.scoped)
    )

    it.live("take a client out of the copy whose delete was discarded too late", () =>
      Effect.gen(function* () {
        const store = yield* connected
        yield* copied(store, toggl(7, "Acme"), toggl(8, "Other"))
        const { answer, entry } = yield* discarded(store, deletes(clientId(7)))
        yield* answer({ _tag: "Done", isAnswer: true })
        assert.deepStrictEqual((yield* store.outcome(entry.id))?.ending, { _tag: "Done", clientId: clientId(7) })
        assert.deepStrictEqual((yield* store.copy(workspaceId)).clients, [toggl(8, "Other")])
      }).pipe(Effect.scoped)
    )

    for (const [what, verdict] of [
      ["a refusal", refused],
      ["no answer", again({ uncertain: true })]
    ] as const) {
      it.live(`leave it discarded where there is ${what}`, () =>
        Effect.gen(function* () {
          const store = yield* connected
          const { answer, entry } = yield* discarded(store, creates(1))
          const before = yield* store.outcome(entry.id)
          const settled = yield* answer(verdict)
          assert.deepStrictEqual([settled?.entries, settled?.ended], [[], []])
          assert.deepStrictEqual(yield* store.outcome(entry.id), before)
          assert.deepStrictEqual((yield* store.load).entries, [])
        }).pipe(Effect.scoped)
      )
    }

    it.live("are not believed either where they name a client that was there before", () =>
      Effect.gen(function* () {
        const store = yield* connected
        yield* copied(store, toggl(7, "Acme"))
        const { answer, entry } = yield* discarded(store, creates(1, "Acme"))
        yield* answer({ _tag: "Done", client: toggl(7, "Acme", { notes: "x" }), isAnswer: true })
        assert.deepStrictEqual((yield* store.outcome(entry.id))?.ending, {
          _tag: "Discarded",
          mayHaveBeenApplied: true
        })
        assert.deepStrictEqual([...(yield* store.load).ids], [])
        assert.deepStrictEqual((yield* store.copy(workspaceId)).clients, [toggl(7, "Acme")])
      }).pipe(Effect.scoped)
    )

    it.live("change nothing where another has the turn, or the outcome has been forgotten", () =>
      Effect.gen(function* () {
        const device = yield* makeDevice
        const store = yield* device.connect
        const done: Steps.Verdict = { _tag: "Done", client: toggl(7, "client 1"), isAnswer: true }
        const first = yield* discarded(store, creates(1))
        yield* store.prune(Number.MAX_SAFE_INTEGER, 0)
        assert.deepStrictEqual((yield* first.answer(done))?.ended, [])
        assert.isUndefined(yield* store.outcome(first.entry.id))
        const second = yield* discarded(store, creates(2))
        yield* claim(store)
        const before = yield* device.rows
        assert.isUndefined(yield* second.answer(done))
        assert.deepStrictEqual(yield* device.rows, before)
        assert.deepStrictEqual([...(yield* store.load).ids], [])
      }).pipe(Effect.scoped)
    )
  })
}
