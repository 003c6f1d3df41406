// All entries as their user may see them.
import * as Effect from "effect/Effect"
import * as RcMap from "effect/RcMap"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { type Now, now } from "../effect/clock.js"
import { toldNowAndBy } from "../effect/stream.js"
import { readInTime } from "../instance/inTime.js"
import type { Instance } from "../instance/instance.js"
import { watched } from "../instance/watched.js"
import { dependents } from "../log/dependencies.js"
import { type Entry, requestsOf, type Unreadable } from "../log/entry.js"
import { entryNames, type Named } from "../log/entryNames.js"
import * as Mutation from "../Mutation.js"
import type { WaitingFor } from "../Status.js"
import type * as Outbox from "./service.js"
import { tick, waiting } from "./status.js"

type EntryView = Outbox.EntryView

/** What an entry's view is made of: the same gives the same view. */
interface Made {
  readonly entry: Entry
  readonly clientId: EntryView["clientId"]
  readonly named: Named
  readonly reason: WaitingFor | undefined
  readonly dependents: EntryView["dependents"]
}

const isSameList = (a: ReadonlyArray<unknown>, b: ReadonlyArray<unknown>): boolean =>
  a.length === b.length && a.every((item, at) => item === b[at])

// Small plain data.
const isSameValue = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b)

// The clocks that a deadline is told by differ by parts of a millisecond.
const isSameReason = (a: WaitingFor | undefined, b: WaitingFor | undefined): boolean =>
  a !== undefined && b !== undefined && "until" in a && "until" in b
    ? Math.abs(a.until - b.until) < 2 && isSameValue({ ...a, until: 0 }, { ...b, until: 0 })
    : isSameValue(a, b)

/** What is shown of the entry itself: another tab's step reads all rows anew. */
const shownOf = (entry: Entry): unknown => {
  const { acceptedAt, id, mutation, seq, state } = entry
  return [id, seq, acceptedAt, mutation, requestsOf(entry), state._tag === "Refused" ? state.error : undefined]
}

const isSame = (a: Made, b: Made): boolean =>
  (a.entry === b.entry || isSameValue(shownOf(a.entry), shownOf(b.entry))) &&
  a.clientId === b.clientId &&
  a.named.before === b.named.before &&
  a.named.after === b.named.after &&
  isSameList(a.dependents, b.dependents) &&
  isSameReason(a.reason, b.reason)

const viewOf = ({ clientId, dependents, entry, named, reason }: Made): EntryView => {
  const { acceptedAt, id, mutation, seq, state } = entry
  const isRefused = state._tag === "Refused"
  return Object.freeze({
    id,
    seq,
    mutation,
    clientId,
    nameBefore: named.before,
    nameAfter: named.after,
    acceptedAt,
    attempts: requestsOf(entry),
    state: isRefused ? "Refused" : "Waiting",
    reason,
    refused: isRefused ? state.error : undefined,
    dependents,
    row: undefined
  })
}

const viewOfRow = ({ row, seq }: Unreadable): EntryView =>
  Object.freeze({
    id: undefined,
    seq,
    mutation: undefined,
    clientId: undefined,
    nameBefore: undefined,
    nameAfter: undefined,
    acceptedAt: undefined,
    attempts: 0,
    state: "Unreadable",
    reason: undefined,
    refused: undefined,
    dependents: [],
    row
  })

/**
 * What holds after each reading: the views are those that the log gives; one that shows the same as before is the same
 * object, and so is the list where all of them are.
 */
class Shown {
  private readonly instance: Instance
  private views = new Map<number, { readonly made: Made; readonly view: EntryView }>()
  private rows = new Map<number, { readonly read: Unreadable; readonly view: EntryView }>()
  private all: ReadonlyArray<EntryView> = Object.freeze([])

  constructor(instance: Instance) {
    this.instance = instance
  }

  /** All of them, for the cost of one walk. */
  readonly at = (now: Now): ReadonlyArray<EntryView> => {
    const all = [...this.entries(now), ...this.unreadable()].sort((a, b) => a.seq - b.seq)
    if (!isSameList(all, this.all)) this.all = Object.freeze(all)
    return this.all
  }

  private readonly entries = (now: Now): ReadonlyArray<EntryView> => {
    const { log, reads } = this.instance
    const reasons = new Map(Array.from(waiting(this.instance, now), ([{ seq }, reason]) => [seq, reason]))
    const found = dependents(log.rows(), ({ seq }) => log.parked.has(seq))
    const { names } = log.rows()
    const nameOf = entryNames(
      log.ids,
      (workspaceId, id) => reads.copies.at(workspaceId, log.state)?.clients.get(id)?.name ?? names?.get(id)
    )
    const views: typeof this.views = new Map()
    for (const entry of log.entries.values()) {
      const { mutation, seq } = entry
      const id = Mutation.clientId(mutation)
      const made: Made = {
        entry,
        clientId: log.resolve(id) ?? id,
        named: nameOf(entry),
        reason: reasons.get(seq),
        dependents: (found.get(seq) ?? []).flatMap((seq) => log.entries.get(seq)?.id ?? [])
      }
      const known = this.views.get(seq)
      // What is kept is what was shown: small differences do not add up.
      const isShown = known !== undefined && isSame(known.made, made)
      views.set(
        seq,
        isShown ? { made: { ...made, reason: known.made.reason }, view: known.view } : { made, view: viewOf(made) }
      )
    }
    this.views = views
    return Array.from(views.values(), ({ view }) => view)
  }

  // Such a row is never written anew: only its number tells whether it is still there.
  private readonly unreadable = (): ReadonlyArray<EntryView> => {
    const rows: typeof this.rows = new Map()
    for (const read of this.instance.log.unreadable) {
      const known = this.rows.get(read.seq)
      rows.set(read.seq, known?.read.newer === read.newer ? known : { read, view: viewOfRow(read) })
    }
    this.rows = rows
    return Array.from(rows.values(), ({ view }) => view)
  }
}

/** Keeps them up to date for all who watch. */
const kept = (instance: Instance, shown: Shown) =>
  Effect.gen(function* () {
    const listeners = new Set<() => void>()
    const look = Effect.map(now, (now) => shown.at(now))
    let last = yield* look
    const { changes } = instance.mirror
    yield* Stream.merge(changes, Stream.repeatEffect(tick(instance))).pipe(
      Stream.runForEach(() =>
        Effect.map(look, (next) => {
          if (next === last) return
          last = next
          for (const listener of listeners) listener()
        })
      ),
      (keeping) => watched("what keeps the entries up to date", keeping),
      // Whoever watches first may not be interruptible: this is for all of them, and ends with the last.
      Effect.interruptible,
      Effect.forkScoped
    )
    return { listeners, last: () => last }
  })

// --- The service -------------------------------------------------------------------------------------------------------

export const make = (
  instance: Instance
): Effect.Effect<Pick<Outbox.OutboxService, "entries" | "watchEntries">, never, Scope.Scope> =>
  Effect.gen(function* () {
    const { log, mirror } = instance
    const shown = new Shown(instance)
    const watchers = yield* RcMap.make({ lookup: (_: "All") => kept(instance, shown) })
    const synced = readInTime(instance, mirror.sync)
    // Before the store was read, nothing true could be said.
    const read = mirror.changes.pipe(
      Stream.takeUntil(() => log.first !== undefined),
      Stream.runDrain
    )
    const joined = Effect.gen(function* () {
      yield* Effect.ignore(synced)
      yield* read
      const { last, listeners } = yield* RcMap.get(watchers, "All")
      return toldNowAndBy(listeners).pipe(
        Stream.map(last),
        Stream.changesWith((a, b) => a === b)
      )
    })
    return {
      entries: Effect.zipRight(synced, Effect.map(now, shown.at)),
      watchEntries: Stream.unwrapScoped(joined)
    }
  })
