/**
 * The plainest model of the log as an instance knows it, for properties: all rows in one list, and random steps that are
 * taken in both.
 */
import { assert } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import type { AnyClientId, ClientId, LocalClientId } from "../../src/Client.js"
import { Forbidden, ServerError } from "../../src/ClientError.js"
import type { Ending } from "../../src/Entry.js"
import type { Log } from "../../src/instance/log.js"
import { type Entry, type Outcome, version } from "../../src/log/entry.js"
import { newState, type QueueState } from "../../src/log/state.js"
import type * as Mutation from "../../src/Mutation.js"
import { clientId, creates, deletes, entryId, localId, updates } from "../store/StoreUnderTest.js"

export const clients = 4

export type Step =
  /** `gap`: so many numbers before it went to entries that this instance has not heard of. */
  | { readonly _tag: "Accept"; readonly client: number; readonly isDelete: boolean; readonly gap: number }
  /** One of the entries before it comes late, under a number that was passed over. */
  | { readonly _tag: "Late"; readonly client: number; readonly which: number }
  | { readonly _tag: "Put"; readonly which: number; readonly state: "Pending" | "Refused" | "SetAside" }
  /** It has failed so often in a row. */
  | { readonly _tag: "Fail"; readonly which: number; readonly failures: number }
  /** `isAdopted`: what it is done with is a client that another create may have been done with. */
  | { readonly _tag: "End"; readonly which: number; readonly isDone: boolean; readonly isAdopted: boolean }
  | { readonly _tag: "Read"; readonly without: number; readonly isOld: boolean }
  /** `isOwn`: this instance has taken the step, and not only read what another has made of the state. */
  | { readonly _tag: "Advance"; readonly by: number; readonly isOwn: boolean }

export const steps: FastCheck.Arbitrary<Step> = FastCheck.oneof(
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
    isDone: FastCheck.boolean(),
    isAdopted: FastCheck.boolean()
  }),
  FastCheck.record({
    _tag: FastCheck.constant("Read" as const),
    without: FastCheck.nat(9),
    isOld: FastCheck.boolean()
  }),
  FastCheck.record({
    _tag: FastCheck.constant("Advance" as const),
    by: FastCheck.integer({ min: -1, max: 2 }),
    isOwn: FastCheck.boolean()
  })
)

const attempt = { number: 1, startedAt: 0, fence: 1 }

export const states: Record<"Pending" | "Refused" | "SetAside", Entry["state"]> = {
  Pending: { _tag: "Pending" },
  Refused: { _tag: "Refused", error: new Forbidden({}), at: 1 },
  SetAside: { _tag: "SetAside", attempt, seenAt: 0 }
}

export const entryOf = (seq: number, mutation: Mutation.Mutation): Entry => ({
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
export class Model {
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

  /** Which of several local ids of one client stands for all of them. */
  readonly firstOf = (local: LocalClientId): LocalClientId => {
    const clientId = this.ids.get(local)
    const all = [...this.ids].filter((ids) => ids[1] === clientId).map(([local]) => local)
    return all.reduce((first, other) => (other > first ? other : first), local)
  }

  readonly canonical = (id: AnyClientId): AnyClientId => {
    for (const [localId, clientId] of this.ids) if (id === localId) return clientId
    return id
  }
}

const one = <A>(all: ReadonlyArray<A>, which: number): A | undefined => all[which % Math.max(1, all.length)]

/** Takes the step in both, and says whether another instance's step may be missing since. */
export const take = (model: Model, log: Log, step: Step): { readonly isMissing: boolean } => {
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
      const made = mutation._tag === "Create" && step.isDone ? 100 - mutation.localId : undefined
      const toggls = made === undefined ? undefined : clientId(step.isAdopted ? 101 : made)
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
      if (step.isOwn) log.wrote(state)
      log.advance(state)
      if (state.step > before) model.state = state
      return { isMissing: state.step !== before && !(step.isOwn && state.step === before + 1) }
    }
  }
}
