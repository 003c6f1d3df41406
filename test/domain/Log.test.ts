import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { isLocalClientId, WorkspaceId } from "../../src/Client.js"
import { Log } from "../../src/instance/log.js"
import { dependencies } from "../../src/log/dependencies.js"
import { type Entry, isParked } from "../../src/log/entry.js"
import { newState } from "../../src/log/state.js"
import { noChange, plus } from "../../src/log/sum.js"
import * as Mutation from "../../src/Mutation.js"
import { clientId, creates, deletes, localId, updates, workspaceId } from "../store/StoreUnderTest.js"
import { clients, entryOf, Model, states, steps, take } from "./Logs.js"

// The log as an instance knows it, against the plainest model of it: all rows in one list, and everything worked out anew.

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
      assert.strictEqual(log.clients.keyOf(id), id === local ? local : model.firstOf(local))
      const counted = expected.filter(({ state }) => state._tag !== "Refused")
      assert.deepStrictEqual(
        log.sumOf(workspaceId, id),
        counted.reduce((sum, { mutation }) => plus(sum, mutation), noChange)
      )
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

  it("keeps apart what the same id has changed in two workspaces", () => {
    const other = WorkspaceId.make(workspaceId + 1)
    const log = new Log()
    const here = updates(clientId(7), { name: "Here" })
    log.accept(entryOf(1, here))
    log.accept(entryOf(2, { ...updates(clientId(7), { notes: "there" }), workspaceId: other }))
    for (let time = 0; time < 2; time++) {
      assert.deepStrictEqual(log.sumOf(workspaceId, clientId(7)).change, { name: "Here" })
      assert.deepStrictEqual(log.sumOf(other, clientId(7)).change, { notes: "there" })
      log.accept(entryOf(3 + time, here))
    }
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
