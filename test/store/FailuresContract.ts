/** What every store promises of attempts that came to nothing, or to something else: what is noted, and what is believed. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { AnyClientId } from "../../src/Client.js"
import { UnexpectedAnswer, Unreachable } from "../../src/ClientError.js"
import { attemptOf, type Entry } from "../../src/log/entry.js"
import { asked } from "../../src/log/request.js"
import type { Mutation } from "../../src/Mutation.js"
import type * as Steps from "./Steps.js"
import { again, claim, copied, failed, refused, sending } from "./LogContract.js"
import {
  clientId,
  creates,
  type Device,
  draft,
  going,
  localId,
  otherWorkspaceId,
  over,
  toggl,
  updates,
  workspaceId
} from "./StoreUnderTest.js"

const silence = new Unreachable({ ...asked(creates(1)), reason: "TimedOut" })

export const contract = (name: string, makeDevice: Effect.Effect<Device, never, Scope.Scope>) => {
  const connected = Effect.flatMap(makeDevice, (device) => device.connect)
  const standing = (store: Steps.Transactions, { seq }: Entry) =>
    Effect.map(store.load, ({ entries }) => entries.find((entry) => entry.seq === seq) ?? assert.fail("it is gone"))
  const answers = (store: Steps.Transactions, entry: Entry, verdict: Steps.Verdict, after: Steps.After = going) =>
    Effect.flatMap(sending(store, entry), (fence) => store.settle(fence, [entry.seq], verdict, after, 3000))

  describe(`${name}: failures`, () => {
    it.live("are counted in a row, with how many changes had succeeded at the first and the step of the last", () =>
      Effect.gen(function* () {
        const store = yield* connected
        yield* store.changeState((state) => ({ ...state, successes: 4 }))
        const entry = yield* store.accept(draft(creates(1)))
        for (const failures of [1, 2]) {
          const fence = yield* sending(store, entry)
          const { step } = (yield* store.load).state
          yield* store.settle(fence, [entry.seq], again({ uncertain: true }), going, 3000)
          const { failedAt, failingSince, failures: counted, lastError } = yield* standing(store, entry)
          assert.deepStrictEqual([counted, failingSince, failedAt, lastError], [failures, 4, step, failed])
          yield* store.changeState((state) => ({ ...state, successes: state.successes + 1 }))
        }
        const before = yield* standing(store, entry)
        yield* answers(store, entry, { _tag: "Again", uncertain: true, error: silence, counts: false })
        const { failedAt, failingSince, failures, lastError } = yield* standing(store, entry)
        assert.deepStrictEqual([failures, failingSince, failedAt], [2, 4, before.failedAt])
        assert.deepStrictEqual(lastError, silence)
      }).pipe(Effect.scoped)
    )

    it.live("note whether something came back, and a look-up that failed leaves that as it was", () =>
      Effect.gen(function* () {
        const store = yield* connected
        const entry = yield* store.accept(draft(creates(1)))
        const answered = Effect.map(standing(store, entry), (entry) => attemptOf(entry)?.answered)
        yield* answers(store, entry, { _tag: "Again", uncertain: true, error: silence, counts: true })
        assert.isFalse(yield* answered)
        const { fence } = yield* claim(store)
        const lookUp: Steps.Verdict = { _tag: "Again", uncertain: true, error: failed, counts: true, isLookUp: true }
        yield* store.settle(fence, [entry.seq], lookUp, over, 3000)
        assert.isFalse(yield* answered)
        assert.strictEqual((yield* standing(store, entry)).failures, 2)
        yield* answers(store, entry, again({ uncertain: true }))
        assert.isTrue(yield* answered)
      }).pipe(Effect.scoped)
    )

    it.live("set an entry aside as of now, and the workspace knows when one of its own is tried next", () =>
      Effect.gen(function* () {
        const store = yield* connected
        const entry = yield* store.accept(draft(creates(1)))
        const verdict = again({ uncertain: true, isSetAside: true })
        yield* answers(store, entry, verdict, { ...going, probe: { workspaceId, length: 60_000 } })
        const aside = yield* standing(store, entry)
        const attempt = attemptOf(aside) ?? assert.fail("it was tried")
        assert.deepStrictEqual(aside.state, { _tag: "SetAside", attempt, seenAt: 3000 })
        assert.strictEqual(attempt.startedAt, 2000)
        const { workspaces } = (yield* store.load).state
        assert.deepStrictEqual(workspaces[String(workspaceId)]?.probe, { seenAt: 3000, length: 60_000 })
        assert.isUndefined(workspaces[String(otherWorkspaceId)])
        // Nor does the next turn change it.
        assert.deepStrictEqual((yield* claim(store)).snapshot.state.workspaces[String(workspaceId)]?.probe, {
          seenAt: 3000,
          length: 60_000
        })
      }).pipe(Effect.scoped)
    )

    it.live("set aside without an attempt what could not even be tried", () =>
      Effect.gen(function* () {
        const store = yield* connected
        const entry = yield* store.accept(draft(updates(clientId(7), { notes: "x" })))
        const { fence } = yield* claim(store)
        yield* store.settle(fence, [entry.seq], again({ uncertain: false, isSetAside: true }), going, 3000)
        assert.deepStrictEqual((yield* standing(store, entry)).state, { _tag: "SetAside", seenAt: 3000 })
        assert.deepStrictEqual((yield* store.load).state.workspaces[String(workspaceId)]?.open, [])
      }).pipe(Effect.scoped)
    )
  })

  describe(`${name}: a first attempt`, () => {
    it.live("keeps what was known before it, whatever later ones know", () =>
      Effect.gen(function* () {
        const store = yield* connected
        const entry = yield* store.accept(draft(creates(1)))
        const mark = (notBefore: number | undefined) =>
          Effect.gen(function* () {
            const { fence } = yield* claim(store)
            const marked = yield* store.mark(fence, [entry.seq], entry.mutation, 2000, { notBefore })
            assert.strictEqual(marked._tag, "Marked")
            return fence
          })
        const first = { notBefore: 1500, isListed: false, highestId: 0 }
        const fence = yield* mark(1500)
        assert.deepStrictEqual((yield* standing(store, entry)).first, first)
        for (const uncertain of [true, false]) {
          yield* store.settle(uncertain ? fence : yield* mark(7000), [entry.seq], again({ uncertain }), going, 3000)
          assert.deepStrictEqual((yield* standing(store, entry)).first, first)
        }
        yield* copied(store, toggl(7, "a"))
        yield* mark(9000)
        assert.deepStrictEqual((yield* standing(store, entry)).first, first)
      }).pipe(Effect.scoped)
    )

    it.live("knows whether this device had a whole list, and no time where Toggl has told none", () =>
      Effect.gen(function* () {
        const store = yield* connected
        yield* copied(store, toggl(7, "a"))
        const listed = yield* store.accept(draft(creates(1)))
        yield* sending(store, listed)
        assert.deepStrictEqual((yield* standing(store, listed)).first, { isListed: true, highestId: 7 })
        // What was discarded may be there: the copy is no whole list any more.
        yield* store.discard(listed.seq, 4000)
        const unlisted = yield* store.accept(draft(creates(2)))
        yield* sending(store, unlisted)
        assert.deepStrictEqual((yield* standing(store, unlisted)).first, { isListed: false, highestId: 7 })
      }).pipe(Effect.scoped)
    )

    it.live("is made for the store's user alone, and binds a store that was nobody's", () =>
      Effect.gen(function* () {
        const device = yield* makeDevice
        const store = yield* device.connect
        const entry = yield* store.accept({ ...draft(creates(1)), userId: 42 })
        const { fence } = yield* claim(store)
        const before = yield* device.rows
        const mark = (user: number) => store.mark(fence, [entry.seq], entry.mutation, 2000, { user })
        assert.deepStrictEqual(yield* mark(43), { _tag: "OtherUser" })
        assert.deepStrictEqual(yield* device.rows, before)
        assert.deepInclude(yield* mark(42), { _tag: "Marked" })
        assert.strictEqual((yield* store.load).state.userId, 42)
      }).pipe(Effect.scoped)
    )
  })

  describe(`${name}: successes`, () => {
    it.live("are what Toggl itself has answered to a change: no look-up, no refusal", () =>
      Effect.gen(function* () {
        const store = yield* connected
        yield* copied(store, toggl(7, "Acme"))
        const successes = Effect.map(store.load, ({ state }) => state.successes)
        const client = toggl(7, "Acme", { notes: "x" })
        const change = updates(clientId(7), { notes: "x" })
        yield* answers(store, yield* store.accept(draft(change)), { _tag: "Done", client, isAnswer: true })
        assert.strictEqual(yield* successes, 1)
        const others: ReadonlyArray<Steps.Verdict> = [{ _tag: "Done", client }, refused, again({ uncertain: true })]
        for (const verdict of others) yield* answers(store, yield* store.accept(draft(change)), verdict)
        assert.strictEqual(yield* successes, 1)
      }).pipe(Effect.scoped)
    )

    it.live("are as many as the changes that one request stood for", () =>
      Effect.gen(function* () {
        const store = yield* connected
        const [one, two] = [yield* store.accept(draft(creates(1))), yield* store.accept(draft(creates(2)))]
        const { fence } = yield* claim(store)
        yield* store.mark(fence, [one.seq], one.mutation, 2000)
        yield* store.mark(fence, [two.seq], two.mutation, 2000)
        const of = new Map(
          [one, two].map(({ seq }, index) => [
            seq,
            { _tag: "Done", client: toggl(7 + index, `client ${index}`), isAnswer: true } as const
          ])
        )
        yield* store.settle(fence, [one.seq, two.seq], { _tag: "Each", of }, over, 3000)
        assert.strictEqual((yield* store.load).state.successes, 2)
      }).pipe(Effect.scoped)
    )
  })

  describe(`${name}: an answer to a create`, () => {
    it.live("is not believed where it names a client that the copy already has: the create is looked up", () =>
      Effect.gen(function* () {
        const store = yield* connected
        yield* copied(store, toggl(7, "Acme"))
        const create = yield* store.accept(draft(creates(1, "Beta")))
        const client = toggl(7, "Beta")
        const settled = yield* answers(store, create, { _tag: "Done", client, isAnswer: true })
        assert.deepStrictEqual(settled?.ended, [])
        const doubted = yield* standing(store, create)
        assert.deepStrictEqual(settled?.entries, [doubted])
        assert.strictEqual(doubted.state._tag, "Uncertain")
        assert.deepStrictEqual(
          doubted.lastError,
          new UnexpectedAnswer({ ...asked(create.mutation), status: 200, reason: "OtherClient" })
        )
        // Such an answer does not say that it was not done.
        assert.deepStrictEqual([doubted.failures, attemptOf(doubted)?.answered], [0, false])
        const { ids, state } = yield* store.load
        assert.deepStrictEqual([[...ids], state.successes], [[], 0])
        assert.deepStrictEqual((yield* store.copy(workspaceId)).clients, [toggl(7, "Acme")])
        // What a look-up has found is no answer to it, and has compared.
        yield* store.settle((yield* claim(store)).fence, [create.seq], { _tag: "Done", client }, over, 4000)
        assert.deepStrictEqual([...(yield* store.load).ids], [[localId(1), clientId(7)]])
      }).pipe(Effect.scoped)
    )

    it.live("is not believed for any of the changes that went with the create in one request", () =>
      Effect.gen(function* () {
        const store = yield* connected
        yield* copied(store, toggl(7, "Acme"))
        const create = yield* store.accept(draft(creates(1, "Beta")))
        const edit = yield* store.accept(draft(updates(localId(1), { notes: "x" })))
        const seqs = [create.seq, edit.seq]
        const { fence } = yield* claim(store)
        yield* store.mark(fence, seqs, creates(1, "Beta", "x"), 2000)
        const client = toggl(7, "Beta", { notes: "x" })
        const settled = yield* store.settle(fence, seqs, { _tag: "Done", client, isAnswer: true }, over, 3000)
        assert.deepStrictEqual(settled?.ended, [])
        const { entries, ids } = yield* store.load
        assert.deepStrictEqual(
          entries.map(({ seq, state }) => [seq, state._tag]),
          seqs.map((seq) => [seq, "Uncertain"])
        )
        assert.deepStrictEqual([...ids], [])
      }).pipe(Effect.scoped)
    )
  })

  describe(`${name}: what was edited while it was in doubt`, () => {
    const cases: ReadonlyArray<readonly [what: string, mutation: Mutation, named: AnyClientId]> = [
      ["a create", creates(1, "Acme"), localId(1)],
      ["an update", updates(clientId(7), { name: "Acme" }), clientId(7)]
    ]
    for (const [what, mutation, named] of cases) {
      it.live(`goes on as an update of what ${what} that was applied still lacks`, () =>
        Effect.gen(function* () {
          const store = yield* connected
          yield* copied(store, toggl(7, "Old"))
          const entry = yield* store.accept(draft(mutation))
          yield* answers(store, entry, again({ uncertain: true }))
          yield* store.retry(entry.seq, () =>
            mutation._tag === "Create" ? { ...mutation, name: "Zenith" } : updates(clientId(7), { name: "Zenith" })
          )
          const { fence } = yield* claim(store)
          const client = toggl(mutation._tag === "Create" ? 9 : 7, "Acme")
          const settled = yield* store.settle(fence, [entry.seq], { _tag: "Done", client }, over, 4000)
          const { first: _, ...before } = entry
          const update: Entry = {
            ...before,
            mutation: updates(named, { name: "Zenith" }),
            base: client,
            attempts: 1,
            failures: 0,
            state: { _tag: "Pending" }
          }
          assert.deepStrictEqual(yield* standing(store, entry), update)
          assert.deepStrictEqual([settled?.entries, settled?.ended], [[update], []])
          assert.isUndefined(yield* store.outcome(entry.id))
          const { ids, state } = yield* store.load
          assert.deepStrictEqual([...ids], mutation._tag === "Create" ? [[localId(1), clientId(9)]] : [])
          assert.deepStrictEqual(state.workspaces[String(workspaceId)]?.open, [])
          assert.includeDeepMembers([...(yield* store.copy(workspaceId)).clients], [client])
        }).pipe(Effect.scoped)
      )
    }
  })
}
