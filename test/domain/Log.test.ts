import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { type AnyClientId, type ClientId, isLocalClientId, type LocalClientId } from "../../src/Client.js"
import { Forbidden, ServerError } from "../../src/ClientError.js"
import type { Ending } from "../../src/Entry.js"
import { Log } from "../../src/instance/log.js"
import { dependencies } from "../../src/log/dependencies.js"
import { type Entry, isParked, type Outcome, version } from "../../src/log/entry.js"
import { newState, type QueueState } from "../../src/log/state.js"
import * as Mutation from "../../src/Mutation.js"
import { clientId, creates, deletes, entryId, localId, updates, workspaceId } from "../store/StoreUnderTest.js"

// The log as an instance knows it, against the plainest model of it: all rows in one list, and everything worked out anew.

const clients = 4

type Step =
  /** `gap`: so many numbers before it went to entries that this instance has not heard of. */
  | { readonly _tag: "Accept"; readonly client: number; readonly isDelete: boolean; readonly gap: number }
  /** One of the entries before it comes late, under a number that was passed over. */
  | { readonly _tag: "Late"; readonly client: number; readonly which: number }
  | { readonly _tag: "Put"; readonly which: number; readonly state: "Pending" | "Refused" | "SetAside" }
  /** It has failed so often in a row. */
  | { readonly _tag: "Fail"; readonly which: number; readonly failures: number }
  | { readonly _tag: "End"; readonly which: number; readonly isDone: boolean }
  | { readonly _tag: "Read"; readonly without: number; readonly isOld: boolean }
  | { readonly _tag: "Advance"; readonly by: number }

const steps: FastCheck.Arbitrary<Step> = FastCheck.oneof(
  FastCheck.record({
    _tag: FastCheck.constant("Accept" as const),
    client: FastCheck.nat(clients - 1),
    isDelete: FastCheck.boolean(),
    gap: FastCheck.oneof({ weight: 4, arbitrary: FastCheck.constant(0) }, FastCheck.nat(2))
  }),
  FastCheck.record({
    _tag: FastCheck.constant("Late" as const),
    client: FastCheck.nat(clients - 1),
    which: FastCheck.nat(9)
  }),
  FastCheck.record({
    _tag: FastCheck.constant("Put" as const),
    which: FastCheck.nat(9),
    state: FastCheck.constantFrom("Pending" as const, "Refused" as const, "SetAside" as const)
  }),
  FastCheck.record({
    _tag: FastCheck.constant("Fail" as const),
    which: FastCheck.nat(9),
    failures: FastCheck.nat(2)
  }),
  FastCheck.record({
    _tag: FastCheck.constant("End" as const),
    which: FastCheck.nat(9),
    isDone: FastCheck.boolean()
  }),
  FastCheck.record({
    _tag: FastCheck.constant("Read" as const),
    without: FastCheck.nat(9),
    isOld: FastCheck.boolean()
  }),
  FastCheck.record({ _tag: FastCheck.constant("Advance" as const), by: FastCheck.integer({ min: -1, max: 2 }) })
)

const attempt = { number: 1, startedAt: 0, fence: 1 }

const states: Record<"Pending" | "Refused" | "SetAside", Entry["state"]> = {
  Pending: { _tag: "Pending" },
  Refused: { _tag: "Refused", error: new Forbidden({}), at: 1 },
  SetAside: { _tag: "SetAside", attempt, seenAt: 0 }
}

const entryOf = (seq: number, mutation: Mutation.Mutation): Entry => ({
  version,
  id: entryId(seq),
  mutation,
  acceptedAt: seq,
  state: { _tag: "Pending" },
  attempts: 0,
  failures: 0,
  lastError: new ServerError({ status: 500 }),
  seq
})

/** All that there is to know, in one list. */
class Model {
  entries: ReadonlyArray<Entry> = []
  ids: ReadonlyMap<LocalClientId, ClientId> = new Map()
  state: QueueState = newState("a store")
  last = 0
  passedOver: ReadonlyArray<number> = []
  made: ReadonlySet<number> = new Set()

  /** The client's create, where there was none; a change of it under its local id, or under Toggl's where it is known. */
  readonly mutationOf = (client: number, isDelete: boolean): Mutation.Mutation => {
    if (!this.made.has(client)) {
      this.made = new Set([...this.made, client])
      return creates(client + 1)
    }
    const toggls = this.ids.get(localId(client + 1))
    const id = toggls !== undefined && this.last % 2 === 0 ? toggls : localId(client + 1)
    return isDelete ? deletes(id) : updates(id, { notes: String(this.last) })
  }

  readonly put = (entry: Entry): void => {
    this.entries = [...this.entries.filter(({ seq }) => seq !== entry.seq), entry].sort((a, b) => a.seq - b.seq)
    this.last = Math.max(this.last, entry.seq)
  }

  readonly canonical = (id: AnyClientId): AnyClientId => {
    for (const [localId, clientId] of this.ids) if (id === localId) return clientId
    return id
  }
}

const one = <A>(all: ReadonlyArray<A>, which: number): A | undefined => all[which % Math.max(1, all.length)]

/** Takes the step in both, and says whether another instance's step may be missing since. */
const take = (model: Model, log: Log, step: Step): { readonly isMissing: boolean } => {
  switch (step._tag) {
    case "Accept": {
      const first = model.last + 1
      const seq = first + step.gap
      model.passedOver = [...model.passedOver, ...Array.from({ length: step.gap }, (_, index) => first + index)]
      const entry = entryOf(seq, model.mutationOf(step.client, step.isDelete))
      model.put(entry)
      log.accept(entry)
      return { isMissing: step.gap > 0 }
    }
    case "Late": {
      const seq = one(model.passedOver, step.which)
      if (seq === undefined) return { isMissing: false }
      model.passedOver = model.passedOver.filter((other) => other !== seq)
      const entry = entryOf(seq, model.mutationOf(step.client, false))
      model.put(entry)
      log.accept(entry)
      return { isMissing: false }
    }
    case "Put": {
      const before = one(model.entries, step.which)
      if (before === undefined) return { isMissing: false }
      const entry = { ...before, state: states[step.state] }
      model.put(entry)
      log.put([entry])
      return { isMissing: false }
    }
    case "Fail": {
      const before = one(model.entries, step.which)
      if (before === undefined) return { isMissing: false }
      const entry = { ...before, failures: step.failures }
      model.put(entry)
      log.put([entry])
      return { isMissing: false }
    }
    case "End": {
      const entry = one(model.entries, step.which)
      if (entry === undefined) return { isMissing: false }
      const { id, mutation, seq } = entry
      const toggls = mutation._tag === "Create" && step.isDone ? clientId(100 - mutation.localId) : undefined
      const done: Ending = { _tag: "Done", ...(toggls === undefined ? {} : { clientId: toggls }) }
      const ending: Ending = step.isDone ? done : { _tag: "Discarded", mayHaveBeenApplied: false }
      const outcome: Outcome = { version, id, mutation, endedAt: 1, ending }
      model.entries = model.entries.filter((other) => other.seq !== seq)
      if (mutation._tag === "Create" && toggls !== undefined) {
        model.ids = new Map([...model.ids, [mutation.localId, toggls]])
      }
      log.end([{ seq, outcome }])
      assert.strictEqual(log.outcome(id), outcome)
      return { isMissing: false }
    }
    case "Read": {
      const entries = model.entries.filter((_, index) => index !== step.without)
      if (step.isOld && model.state.step > 0) {
        const state = { ...model.state, step: model.state.step - 1 }
        assert.isFalse(log.take({ entries, unreadable: [], ids: model.ids, state }))
        return { isMissing: false }
      }
      model.entries = entries
      assert.isTrue(log.take({ entries, unreadable: [], ids: model.ids, state: model.state }))
      return { isMissing: false }
    }
    case "Advance": {
      const before = model.state.step
      const state = { ...model.state, step: Math.max(0, before + step.by) }
      log.advance(state)
      if (state.step > before) model.state = state
      return { isMissing: state.step < before || state.step > before + 1 }
    }
  }
}

const holds = (model: Model, log: Log): void => {
  assert.deepStrictEqual([...log.entries.values()], model.entries, "in the order of their numbers")
  assert.deepStrictEqual(
    [...log.entries.keys()],
    model.entries.map(({ seq }) => seq)
  )
  assert.deepStrictEqual(
    [...log.parked].sort((a, b) => a - b),
    model.entries.filter(isParked).map(({ seq }) => seq)
  )
  for (const entry of model.entries) assert.strictEqual(log.byId(entry.id), entry)
  assert.isAtLeast(log.last, model.last)
  assert.strictEqual(log.state.step, model.state.step)
  for (let client = 0; client < clients; client++) {
    const local = localId(client + 1)
    const toggls = model.ids.get(local)
    assert.strictEqual(log.resolve(local), toggls)
    const expected = model.entries.filter(
      ({ mutation }) => model.canonical(Mutation.clientId(mutation)) === model.canonical(local)
    )
    for (const id of toggls === undefined ? [local] : [local, toggls]) {
      assert.deepStrictEqual([...log.entriesOf(id)], expected)
      assert.strictEqual(log.clients.keyOf(id), local)
    }
  }
  const anew = dependencies({ entries: model.entries, unreadable: [], ids: model.ids }, isParked)
  assert.deepStrictEqual([...log.dependencies().held], [...anew.held])
  assert.strictEqual(log.dependencies().next?.seq, anew.next?.seq)
  const { failing, fresh } = log.scouts()
  const hasFailed = ({ failures }: Entry) => failures > 0
  const clientOf = ({ mutation }: Entry) => {
    const id = Mutation.clientId(mutation)
    return isLocalClientId(id) ? (model.ids.get(id) ?? id) : id
  }
  const failed = model.entries.filter((entry) => hasFailed(entry) && !isParked(entry) && !anew.held.has(entry.seq))
  // The first of each client: the others go with it, or wait for it.
  const isFirst = (entry: Entry) => failed.find((other) => clientOf(other) === clientOf(entry)) === entry
  assert.deepStrictEqual(failing, failed.filter(isFirst))
  const isPassed = (entry: Entry) => isParked(entry) || hasFailed(entry)
  const others = dependencies({ entries: model.entries, unreadable: [], ids: model.ids }, isPassed)
  assert.strictEqual(fresh, others.next)
}

describe("the log as an instance knows it", () => {
  it("is, after whatever was heard, what the rows are: in order, found by every name, with its dependencies", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.array(steps, { maxLength: 40 }), (history) => {
        const model = new Model()
        const log = new Log()
        log.take({ entries: [], unreadable: [], ids: new Map(), state: model.state })
        holds(model, log)
        for (const step of history) {
          take(model, log, step)
          holds(model, log)
        }
      }),
      { numRuns: 1000 }
    )
  })

  it("is not up to date as soon as a step of another instance may be missing in it, and stays so until it is read", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.array(steps, { maxLength: 40 }), (history) => {
        const model = new Model()
        const log = new Log()
        log.take({ entries: [], unreadable: [], ids: new Map(), state: model.state })
        log.isUpToDate = true
        let isMissing = false
        for (const step of history) {
          const taken = take(model, log, step)
          isMissing = isMissing || taken.isMissing
          assert.strictEqual(log.isUpToDate, !isMissing)
        }
      }),
      { numRuns: 1000 }
    )
  })

  it("has the same epoch only where nothing but the end of the log has changed", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.array(steps, { maxLength: 40 }), (history) => {
        const model = new Model()
        const log = new Log()
        log.take({ entries: [], unreadable: [], ids: new Map(), state: model.state })
        for (const step of history) {
          const { epoch, last } = log
          const before = new Map([...log.entries].map(([seq, entry]) => [seq, isParked(entry)]))
          take(model, log, step)
          if (log.epoch !== epoch) continue
          for (const [seq, entry] of log.entries) {
            assert.isTrue(seq > last || before.get(seq) === isParked(entry), `${step._tag} of ${seq}`)
          }
        }
      }),
      { numRuns: 1000 }
    )
  })

  describe("what may be tried in place of one that never gets through", () => {
    const logOf = (
      entries: ReadonlyArray<Entry>,
      unreadable: ReadonlyArray<{ readonly seq: number; readonly newer: boolean; readonly row: unknown }> = []
    ): Log => {
      const log = new Log()
      log.take({ entries, unreadable, ids: new Map(), state: newState("a store") })
      return log
    }
    const failing = (entry: Entry, failures = 1): Entry => ({ ...entry, failures })
    const seqs = ({ failing, fresh }: ReturnType<Log["scouts"]>) => [failing.map(({ seq }) => seq), fresh?.seq]

    it("is what has failed too, in order, and the first that has not", () => {
      const entries = [
        failing(entryOf(1, creates(1)), 9),
        failing(entryOf(2, creates(2))),
        entryOf(3, creates(3)),
        entryOf(4, creates(4))
      ]
      assert.deepStrictEqual(seqs(logOf(entries).scouts()), [[1, 2], 3])
    })

    it("depends on none that has failed, nor takes a name that one of these frees", () => {
      const base = { id: clientId(7), workspaceId, name: "Acme", notes: "", archived: false, permissions: [] }
      const entries = [
        failing({ ...entryOf(1, updates(clientId(7), { name: "Acme Inc" })), base }),
        entryOf(2, updates(clientId(7), { notes: "x" })),
        entryOf(3, creates(1, "acme")),
        entryOf(4, deletes(localId(1))),
        entryOf(5, creates(2, "Free"))
      ]
      assert.deepStrictEqual(seqs(logOf(entries).scouts()), [[1], 5])
    })

    it("is none that is refused, set aside, or held by one of these", () => {
      const entries = [
        { ...failing(entryOf(1, creates(1))), state: states.SetAside },
        failing(entryOf(2, updates(localId(1), { notes: "x" }))),
        { ...failing(entryOf(3, creates(3))), state: states.Refused },
        entryOf(4, deletes(localId(3)))
      ]
      assert.deepStrictEqual(seqs(logOf(entries).scouts()), [[], undefined])
    })

    it("is none behind a row of a newer version", () => {
      const entries = [failing(entryOf(1, creates(1))), failing(entryOf(3, creates(3))), entryOf(4, creates(4))]
      const log = logOf(entries, [{ seq: 2, newer: true, row: {} }])
      assert.deepStrictEqual(seqs(log.scouts()), [[1], undefined])
    })

    it("grows with the log", () => {
      const log = logOf([failing(entryOf(1, creates(1)))])
      assert.deepStrictEqual(seqs(log.scouts()), [[1], undefined])
      log.accept(entryOf(2, creates(2)))
      assert.deepStrictEqual(seqs(log.scouts()), [[1], 2])
    })
  })

  it("begins anew with another store, whatever its step", () => {
    const log = new Log()
    log.take({ entries: [], unreadable: [], ids: new Map(), state: { ...newState("one"), step: 9 } })
    log.isUpToDate = true
    log.advance({ ...newState("another"), step: 1 })
    assert.deepStrictEqual([log.state.store, log.state.step, log.isUpToDate], ["another", 1, false])
    const entries = [entryOf(1, creates(1))]
    assert.isTrue(log.take({ entries, unreadable: [], ids: new Map(), state: newState("a third") }))
    assert.deepStrictEqual([...log.entries.values()], entries)
  })
})
