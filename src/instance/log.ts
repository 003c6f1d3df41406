// The log as this instance knows it. Nothing here waits or asks: what is read from the store, and what this instance's
// own steps gave, goes in; the log that they make comes out.
import { type AnyClientId, type ClientId, isLocalClientId, type LocalClientId, type WorkspaceId } from "../Client.js"
import type { EntryId } from "../Entry.js"
import * as byClient from "../log/byClient.js"
import { dependencies, type Dependencies, growing, type Growing, type Rows } from "../log/dependencies.js"
import { type Ended, type Entry, goneBy, isParked, type Outcome, type Unreadable } from "../log/entry.js"
import { anyStore, newState, type QueueState } from "../log/state.js"
import { noChange, plus, type Sum } from "../log/sum.js"
import * as Mutation from "../Mutation.js"
import type { Snapshot } from "../transactions/accept.js"
import { Touches } from "./touches.js"

// How many endings of this session are remembered, so that callers and lists need not ask the store.
const rememberedOutcomes = 1000

const none: ReadonlyMap<number, number> = new Map()

/**
 * What holds after each change:
 *
 * - entries stand in the order of their numbers, and each is found by its number and by its id
 * - `parked` has the numbers of the refused and the set-aside, and no others
 * - a client's entries are found by its local id and by Toggl's, in their order
 * - the sums are those that the entries give when they are worked out anew
 * - each client is told to `touches` whose entries are others than they were
 * - `dependencies` are those that the entries give when they are worked out anew
 * - `last` is not below the number of any entry that ever stood here
 * - while the store is the same, the step of `state` never falls
 * - whoever sees the same `epoch` sees the same log, but for entries added at its end and entries that have ended
 * - where a step of another instance may be missing here, the log is not up to date
 */
export class Log {
  private bySeq = new Map<number, Entry>()
  private readonly seqs = new Map<EntryId, number>()
  private readonly parkedSeqs = new Set<number>()
  private readonly outcomes = new Map<EntryId, Outcome>()
  private readonly resolved = new Map<LocalClientId, ClientId>()
  private readonly gone = new Set<LocalClientId>()
  private readonly names = new Map<ClientId, string>()
  private unread: ReadonlyArray<Unreadable> = []
  private index = byClient.make([], this.resolved)
  private readonly sums = new Map<AnyClientId, Map<WorkspaceId, Sum>>()
  private readonly doubted = new Set<number>()
  // The steps that this instance has taken and not advanced to yet, each with its store.
  private readonly steps = new Map<number, string>()
  private known: Growing | undefined
  private knownScouts: ReturnType<Log["scouts"]> | undefined

  state: QueueState = newState("")
  /** The state as it was first read. */
  first: QueueState | undefined
  /** The number of the first row of a newer version: nothing is sent from there on. Endless where there is none. */
  newerAt = Number.POSITIVE_INFINITY
  /** The highest number that any entry has had. */
  last = 0
  /** Grows whenever the log changes otherwise than by entries at its end, or by what has been done. */
  epoch = 0
  /** Hears of each client whose entries have changed. */
  readonly touches = new Touches()
  /** The entries that went with a database that was taken away: nobody has purged it. */
  readonly lost = new Set<EntryId>()
  /** Whether the store has been read, and nothing says that another instance has taken a step since. */
  isUpToDate = false

  get entries(): ReadonlyMap<number, Entry> {
    return this.bySeq
  }

  /** The numbers of the refused and the set-aside. */
  get parked(): ReadonlySet<number> {
    return this.parkedSeqs
  }

  /** Whose store it is: the user to whom it was bound, or whose change stands first. */
  get userId(): number | undefined {
    if (this.state.userId !== undefined) return this.state.userId
    for (const { userId } of this.bySeq.values()) if (userId !== undefined) return userId
    return undefined
  }

  get unreadable(): ReadonlyArray<Unreadable> {
    return this.unread
  }

  get ids(): ReadonlyMap<LocalClientId, ClientId> {
    return this.resolved
  }

  get clients(): Pick<byClient.ByClient, "keyOf" | "after"> {
    return this.index
  }

  /** The client's entries behind this number, in their order. */
  *entriesOf(id: AnyClientId, behind = 0): Iterable<Entry> {
    for (const seq of this.index.after(id, behind)) {
      const entry = this.bySeq.get(seq)
      if (entry !== undefined) yield entry
    }
  }

  /** What the client's entries come to, but for the refused. Costs the same however many there are, while they only grow. */
  readonly sumOf = (workspaceId: WorkspaceId, id: AnyClientId): Sum => {
    const client = this.resolve(id) ?? id
    const sums = this.sums.get(client) ?? new Map<WorkspaceId, Sum>()
    const known = sums.get(workspaceId)
    if (known !== undefined) return known
    let sum = noChange
    for (const { mutation, state } of this.entriesOf(client)) {
      if (mutation.workspaceId === workspaceId && state._tag !== "Refused") sum = plus(sum, mutation)
    }
    this.sums.set(client, sums.set(workspaceId, sum))
    return sum
  }

  /** Whether a create stands here that a client which was listed since may be the work of. */
  readonly mayBeListed = (workspaceId: WorkspaceId): boolean => {
    for (const seq of this.doubted) if (this.bySeq.get(seq)?.mutation.workspaceId === workspaceId) return true
    return false
  }

  /** How an entry ended, where that was heard of in this session. */
  readonly outcome = (id: EntryId): Outcome | undefined => this.outcomes.get(id)

  readonly byId = (id: EntryId): Entry | undefined => {
    const seq = this.seqs.get(id)
    return seq === undefined ? undefined : this.bySeq.get(seq)
  }

  /** Toggl's id of the client, where it is known. */
  readonly resolve = (id: AnyClientId): ClientId | undefined => (isLocalClientId(id) ? this.resolved.get(id) : id)

  /** Whether the client of this local id was deleted or discarded before anything of it was sent. */
  readonly isGone = (id: AnyClientId): boolean => isLocalClientId(id) && this.gone.has(id)

  readonly dependencies = (): Dependencies => {
    // With nothing parked nothing is held, and the queue's length does not matter.
    if (this.parkedSeqs.size === 0 && this.unread.length === 0) {
      return { held: none, behind: none, next: this.bySeq.values().next().value, newer: undefined }
    }
    this.known ??= growing(this.rows(), isParked)
    return this.known.now()
  }

  /**
   * What may be tried in place of an entry that never gets through: those that have failed too, the first of each client,
   * and the first that has not and depends on none of them.
   */
  readonly scouts = (): { readonly failing: ReadonlyArray<Entry>; readonly fresh: Entry | undefined } => {
    if (this.knownScouts === undefined) {
      const isPassed = (entry: Entry) => isParked(entry) || entry.failures > 0
      const { held } = this.dependencies()
      const firsts = new Map<AnyClientId, Entry>()
      for (const entry of this.bySeq.values()) {
        if (entry.failures === 0 || isParked(entry) || held.has(entry.seq) || entry.seq >= this.newerAt) continue
        const client = this.index.keyOf(Mutation.clientId(entry.mutation))
        if (!firsts.has(client)) firsts.set(client, entry)
      }
      const failing = [...firsts.values()]
      this.knownScouts = { failing, fresh: dependencies(this.rows(), isPassed).next }
    }
    return this.knownScouts
  }

  /** Takes over what was read, unless it is older than what is known. `false`: it is. */
  readonly take = ({ entries, gone, ids, names, state, unreadable }: Snapshot): boolean => {
    if (this.isOlder(state)) return false
    if (this.wasTakenAway(state)) this.lose(entries)
    this.bySeq = new Map(entries.map((entry) => [entry.seq, entry]))
    this.seqs.clear()
    this.parkedSeqs.clear()
    this.doubted.clear()
    for (const entry of entries) {
      this.seqs.set(entry.id, entry.seq)
      this.classify(entry)
    }
    this.unread = unreadable
    this.newerAt = unreadable.find((row) => row.newer)?.seq ?? Number.POSITIVE_INFINITY
    this.resolved.clear()
    for (const [localId, clientId] of ids) this.resolved.set(localId, clientId)
    this.gone.clear()
    for (const localId of gone ?? []) this.gone.add(localId)
    this.names.clear()
    for (const [clientId, name] of names ?? []) this.names.set(clientId, name)
    this.index = byClient.make(entries, this.resolved)
    this.sums.clear()
    this.touches.all()
    this.forget()
    this.epoch++
    this.state = state
    this.first ??= state
    this.last = Math.max(this.last, entries.at(-1)?.seq ?? 0)
    return true
  }

  /** An entry was accepted, which may have been read already. */
  readonly accept = (entry: Entry): void => {
    const isAtEnd = entry.seq > this.last
    this.insert(entry)
    this.knownScouts = undefined
    if (isAtEnd) this.known?.add(entry)
    else this.known = undefined
  }

  /** These entries are so now. */
  readonly put = (entries: Iterable<Entry>): void => {
    for (const entry of entries) this.insert(entry)
    this.forget()
  }

  /** A client that was made on this device is known by Toggl's id too. */
  readonly learn = (localId: LocalClientId, clientId: ClientId): void => {
    if (this.resolved.get(localId) === clientId) return
    this.resolved.set(localId, clientId)
    this.index.resolved(localId, clientId)
    this.sums.delete(localId)
    this.touches.one(localId)
    this.forgetSum(clientId)
  }

  /** These entries have ended. */
  readonly end = (ended: Iterable<Ended>): void => {
    for (const { outcome, seq } of ended) {
      this.drop(seq)
      this.outcomes.set(outcome.id, outcome)
      const gone = goneBy(outcome)
      if (gone !== undefined) this.gone.add(gone)
      const { ending, mutation } = outcome
      if (ending._tag === "Done" && ending.client !== undefined) this.names.set(ending.client.id, ending.client.name)
      if (mutation._tag === "Create" && ending._tag === "Done" && ending.clientId !== undefined) {
        this.learn(mutation.localId, ending.clientId)
      }
    }
    for (const id of this.outcomes.keys()) {
      if (this.outcomes.size <= rememberedOutcomes) break
      this.outcomes.delete(id)
    }
    this.forget()
  }

  /**
   * The state after a step of this instance's own. Two of them may be heard of in another order than that in which they
   * were made. Where another instance's step lies in between, what it did is not known yet.
   */
  readonly advance = (state: QueueState): void => {
    if (this.isOlder(state)) {
      this.isUpToDate = false
      return
    }
    const { step, store } = this.state
    const isNext = state.step === step + 1 && this.steps.get(state.step) === store
    if (state.store !== store || (state.step !== step && !isNext)) this.isUpToDate = false
    this.state = state
    for (const own of this.steps.keys()) if (own <= state.step) this.steps.delete(own)
  }

  /** This instance has taken the step. */
  readonly wrote = ({ step, store }: Pick<QueueState, "step" | "store">): void => void this.steps.set(step, store)

  /** What dependencies are worked out from. */
  readonly rows = (): Rows => ({
    entries: this.bySeq.values(),
    unreadable: this.unread,
    ids: this.resolved,
    names: this.names
  })

  /** What follows from the entries is worked out anew. */
  private readonly forget = () => {
    this.known = undefined
    this.knownScouts = undefined
  }

  /** Whether another store is here, and no user has purged the one that was known. */
  private readonly wasTakenAway = ({ purged = [], store }: QueueState): boolean => {
    const known = this.state.store
    // A store in which nothing was ever sent has no id: what is missing there has not been sent either.
    const isAnother = store === "" || (known !== "" && store !== known)
    return isAnother && !purged.includes(known) && !purged.includes(anyStore)
  }

  private readonly lose = (entries: ReadonlyArray<Entry>) => {
    const left = new Set(entries.map(({ id }) => id))
    for (const { id } of this.bySeq.values()) if (!left.has(id)) this.lost.add(id)
  }

  private readonly isOlder = ({ step, store }: QueueState) => store === this.state.store && step < this.state.step

  private readonly insert = (entry: Entry) => {
    const { id, seq } = entry
    this.displace(id, seq)
    const known = this.bySeq.get(seq)
    const wasParked = this.parkedSeqs.has(seq)
    this.classify(entry)
    this.bySeq.set(seq, entry)
    this.seqs.set(id, seq)
    if (known !== undefined) {
      if (wasParked !== isParked(entry)) this.epoch++
      this.forgetSum(Mutation.clientId(known.mutation))
      this.forgetSum(Mutation.clientId(entry.mutation))
    } else if (seq > this.last) {
      this.index.add(entry)
      this.carryOn(entry)
    } else {
      this.bySeq = new Map([...this.bySeq].sort(([a], [b]) => a - b))
      this.index = byClient.make(this.bySeq.values(), this.resolved)
      this.epoch++
      this.forgetSum(Mutation.clientId(entry.mutation))
    }
    // A gap may hold another instance's entries, which stand before this one.
    if (seq > this.last + 1) this.isUpToDate = false
    this.last = Math.max(this.last, seq)
  }

  private readonly classify = (entry: Entry) => {
    const { mutation, seq, state } = entry
    if (isParked(entry)) this.parkedSeqs.add(seq)
    else this.parkedSeqs.delete(seq)
    if (mutation._tag === "Create" && state._tag !== "Refused" && entry.first?.known !== undefined)
      this.doubted.add(seq)
    else this.doubted.delete(seq)
  }

  /** One more stands behind all that are in the client's sum. */
  private readonly carryOn = ({ mutation, state }: Entry) => {
    const { workspaceId } = mutation
    const id = Mutation.clientId(mutation)
    const client = this.resolve(id) ?? id
    const sums = this.sums.get(client)
    const known = sums?.get(workspaceId)
    if (known !== undefined && state._tag !== "Refused") sums?.set(workspaceId, plus(known, mutation))
    this.touches.one(id)
  }

  private readonly forgetSum = (id: AnyClientId) => {
    this.sums.delete(this.resolve(id) ?? id)
    this.touches.one(id)
  }

  /** No store gives a number twice: what had this one went with another store. */
  private readonly displace = (id: EntryId, seq: number) => {
    const known = this.bySeq.get(seq)
    if (known === undefined || known.id === id) return
    this.lost.add(known.id)
    this.drop(seq)
  }

  private readonly drop = (seq: number) => {
    const entry = this.bySeq.get(seq)
    if (entry === undefined) return
    this.bySeq.delete(seq)
    this.parkedSeqs.delete(seq)
    this.seqs.delete(entry.id)
    this.doubted.delete(seq)
    this.index.drop(entry)
    this.forgetSum(Mutation.clientId(entry.mutation))
  }
}
