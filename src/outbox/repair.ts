// What the user does about entries and about the whole queue.
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { ask } from "../account/ask.js"
import { identify } from "../account/identity.js"
import type { ClientId } from "../Client.js"
import { BadRequest, EntryNotFound, type StorageError } from "../ClientError.js"
import type { EntryId } from "../Entry.js"
import { isChange } from "../error/input.js"
import { checkedName, checkedNotes } from "../error/name.js"
import { writtenInTime, writtenSoon } from "../instance/inTime.js"
import { type Instance, wake, type WakeUp } from "../instance/instance.js"
import { endPages } from "../instance/waits.js"
import { asked as requested } from "../log/request.js"
import { pausedByUser, type QueueState, signedIn, without } from "../log/state.js"
import type * as Mutation from "../Mutation.js"
import { credentialsOf } from "../wire/signing.js"
import { goOn, noticed } from "./changed.js"
import type * as Outbox from "./service.js"

const edited =
  (edit: Mutation.Change) =>
  (mutation: Mutation.Mutation): Mutation.Mutation => {
    if (edit.name === undefined && edit.notes === undefined) return mutation
    if (mutation._tag === "Create") return { ...mutation, ...edit }
    return mutation._tag === "Update" ? { ...mutation, change: { ...mutation.change, ...edit } } : mutation
  }

/** The user, or another network, lets the replay look again: what a page has named is over. */
export const wakeAnew = (instance: Instance, reason: WakeUp): Effect.Effect<void> =>
  Effect.zipRight(
    Effect.sync(() => endPages(instance)),
    wake(instance, reason)
  )

// --- Entries -----------------------------------------------------------------------------------------------------------

const seqOf = (
  { log, mirror, transactions }: Instance,
  id: EntryId
): Effect.Effect<number, EntryNotFound | StorageError> =>
  Effect.gen(function* () {
    yield* mirror.reread
    const entry = log.byId(id)
    if (entry !== undefined) return entry.seq
    const isDone = (log.outcome(id) ?? (yield* transactions.outcome(id))) !== undefined
    return yield* new EntryNotFound({ entryId: id, reason: isDone ? "Done" : "Unknown" })
  })

const retry = Effect.fn("Outbox.retry")(function* (instance: Instance, id: EntryId, edit: Outbox.Edit = {}) {
  // What the types forbid may still come from plain JavaScript.
  if (!isChange(edit)) return yield* new BadRequest({ text: "an edit takes a name, notes or both, as text" })
  const name = edit.name === undefined ? undefined : yield* checkedName({}, edit.name, instance.settings.maxNameBytes)
  const change = {
    ...(name === undefined ? {} : { name }),
    ...(edit.notes === undefined ? {} : { notes: yield* checkedNotes({}, edit.notes) })
  }
  const repaired = yield* instance.transactions.retry(yield* seqOf(instance, id), edited(change))
  if (repaired !== "Repaired") return yield* new EntryNotFound({ entryId: id, reason: repaired })
  instance.background.ask()
  yield* instance.mirror.reread
  yield* wakeAnew(instance, "Entry")
})

const discard = Effect.fn("Outbox.discard")(function* (instance: Instance, which: EntryId | { readonly seq: number }) {
  const seq = typeof which === "string" ? yield* seqOf(instance, which) : which.seq
  const entryId = typeof which === "string" ? which : `number ${seq}`
  const discarded = yield* instance.transactions.discard(seq, yield* Clock.currentTimeMillis)
  if (typeof discarded === "string") return yield* new EntryNotFound({ entryId, reason: discarded })
  yield* goOn(instance)
  return discarded.entries.map(({ entry, mayHaveBeenApplied }) => ({ id: entry.id, mayHaveBeenApplied }))
})

const adopt = Effect.fn("Outbox.adopt")(function* (instance: Instance, id: EntryId, clientId: ClientId) {
  const { api, log, mirror, settings, transactions } = instance
  const seq = yield* seqOf(instance, id)
  const entry = log.entries.get(seq)
  const isUndecided = entry?.state._tag === "Refused" && entry.state.error._tag === "Undecided"
  if (entry === undefined || !isUndecided) return yield* new EntryNotFound({ entryId: id, reason: "NotRefused" })
  const client = yield* ask(instance, identify(instance), api.get(entry.mutation.workspaceId, clientId))
  const rebases = settings.conflicts === "CheckFirst"
  const adopted = yield* transactions.adopt(seq, client, yield* Clock.currentTimeMillis, rebases)
  if (adopted === "Taken") {
    return yield* new BadRequest({ ...requested(entry.mutation), text: `client ${clientId} is another change's` })
  }
  if (typeof adopted === "string") return yield* new EntryNotFound({ entryId: id, reason: adopted })
  yield* mirror.stepped(adopted)
  yield* goOn(instance)
})

// --- The queue ---------------------------------------------------------------------------------------------------------

const change = (
  { mirror, transactions }: Instance,
  change: (state: QueueState) => QueueState
): Effect.Effect<void, StorageError> => Effect.flatMap(transactions.changeState(change), mirror.setState)

const resumed = (state: QueueState): QueueState =>
  state.paused === undefined && state.signIn === undefined ? state : without(state, "paused", "pausedByUser", "signIn")

/**
 * The app has set others, or the user wants to be asked anew. A pause that the user made stays; one until somebody signs in is
 * over, unless there are no credentials now.
 */
export const credentialsChanged = (instance: Instance): Effect.Effect<void> =>
  Effect.gen(function* () {
    const { background, credentials, log, tab } = instance
    tab.credentialsChanges++
    tab.verified = undefined
    tab.refused = undefined
    tab.lastRefused = undefined
    tab.unavailable = undefined
    tab.areSet = true
    // A worker hears of it too, and nobody signs in there.
    if (background.isWoken) return
    const current = yield* Effect.either(credentialsOf(credentials))
    const { first, state } = log
    // They end the pause once they can be had, and Toggl accepts them.
    if (Either.isLeft(current)) tab.mayEnd = state
    else if (Option.isSome(current.right)) {
      // So do those of which nothing can be stored now.
      yield* Effect.tapError(writtenSoon(instance, change(instance, signedIn)), () =>
        Effect.sync(() => {
          if (first !== undefined) tab.mayEnd = state
        })
      )
    }
  }).pipe(Effect.ignore)

/** The user wants these credentials to be tried again too. */
const resume = (instance: Instance): Effect.Effect<void, StorageError> =>
  Effect.suspend(() => {
    instance.tab.refused = undefined
    instance.tab.lastRefused = undefined
    instance.log.lost.clear()
    return Effect.zipRight(change(instance, resumed), instance.mirror.changed)
  })

export const make = (
  instance: Instance
): Pick<
  Outbox.OutboxService,
  "retry" | "discard" | "adopt" | "pause" | "resume" | "replayNow" | "signOut" | "purge"
> => {
  const { api, mirror, transactions } = instance
  const notice = noticed(instance)
  const told = <A, E>(effect: Effect.Effect<A, E>) => notice(writtenInTime(instance, effect))
  return {
    retry: (id, edit) => told(retry(instance, id, edit)),
    discard: (which) => told(discard(instance, which)),
    // Toggl is asked in between, and what a refusal means.
    adopt: (id, clientId) =>
      notice(writtenInTime(instance, adopt(instance, id, clientId), Duration.times(api.requestLimit, 2))),
    pause: told(change(instance, pausedByUser)),
    resume: told(Effect.zipRight(resume(instance), wakeAnew(instance, "User"))),
    replayNow: wakeAnew(instance, "User"),
    // What a tab has seen before it signs out, it can tell from that.
    signOut: told(Effect.zipRight(Effect.ignore(mirror.sync), Effect.flatMap(transactions.signOut, mirror.stepped))),
    purge: told(Effect.zipRight(transactions.purge, Effect.ignore(mirror.reread)))
  }
}
