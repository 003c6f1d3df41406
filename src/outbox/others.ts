// Changes in databases that no one opens any more: they are found, and taken over.
import * as Arr from "effect/Array"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { NotTakenOver, type StorageError } from "../ClientError.js"
import { readElsewhere, readInTime, writtenInTime } from "../instance/inTime.js"
import type { Instance } from "../instance/instance.js"
import type { ReplayLockService as Lock } from "../ReplayLock.js"
import { mayBeStored } from "../store/failure.js"
import { databaseName, ownerOf } from "../store/name.js"
import type { Others } from "../store/service.js"
import * as transactions from "../transactions/make.js"
import type { Survey } from "../transactions/move.js"
import { goOn, noticed } from "./changed.js"
import type * as Outbox from "./service.js"

type Which = Pick<Outbox.OtherOutbox, "account" | "baseUrl">

// --- Finding -----------------------------------------------------------------------------------------------------------

const isEmpty = ({ entries, kept, unreadable }: Survey): boolean =>
  entries.length + kept.length + unreadable.length === 0

const described = ({ entries, kept, unreadable, userId }: Survey): Omit<Outbox.OtherOutbox, keyof Which> => {
  const waiting = [...kept, ...entries].filter(({ state }) => state._tag !== "Refused")
  const times = waiting.map(({ acceptedAt }) => acceptedAt)
  return {
    waiting: waiting.length,
    refused: kept.length + entries.length - waiting.length,
    unreadable: unreadable.length,
    since: times.length === 0 ? undefined : times.reduce((a, b) => Math.min(a, b)),
    userId,
    error: undefined
  }
}

const unknown = (error: StorageError) => ({
  waiting: 0,
  refused: 0,
  unreadable: 0,
  since: undefined,
  userId: undefined,
  error
})

const look = (
  instance: Instance,
  others: Others,
  name: string,
  which: Which
): Effect.Effect<Option.Option<Outbox.OtherOutbox>> =>
  Effect.gen(function* () {
    const store = yield* others.open(name)
    if (Option.isNone(store)) return Option.none()
    const survey = yield* readElsewhere(instance, transactions.make(store.value).survey)
    return isEmpty(survey) ? Option.none() : Option.some({ ...which, ...described(survey) })
  }).pipe(
    Effect.scoped,
    // One that cannot be read hides none of the others.
    Effect.catchAll((error) => Effect.succeedSome({ ...which, ...unknown(error) }))
  )

const find = (instance: Instance, others: Others): Effect.Effect<ReadonlyArray<Outbox.OtherOutbox>, StorageError> =>
  Effect.gen(function* () {
    const names = yield* others.names
    const found = yield* Effect.forEach(
      names,
      (name) => {
        const which = ownerOf(name)
        return which === undefined ? Effect.succeedNone : look(instance, others, name, which)
      },
      // Those that do not answer are waited for side by side.
      { concurrency: "unbounded" }
    )
    return Arr.getSomes(found)
  }).pipe(Effect.withSpan("Outbox.others"))

// --- Taking over -------------------------------------------------------------------------------------------------------

// Whoever does not let go of the lock for so long is at work.
const lockLimit = "1 second"

/**
 * Makes sure that no replayer is at work there, as long as the scope is open: by its lock, or where that says nothing by
 * the step, at which one has to stand for as long as an attempt may take. Gives that step then.
 */
const alone = (instance: Instance, steps: transactions.Transactions, lock: Lock | undefined) =>
  Effect.gen(function* () {
    if (lock !== undefined) {
      const held = yield* Effect.timeoutOption(lock.acquire({ steal: false }), lockLimit)
      if (Option.isNone(held)) return yield* new NotTakenOver({ reason: "InUse" })
      if ((held.value.kind ?? lock.kind) === "Exclusive") return undefined
    }
    const { state } = yield* readElsewhere(instance, steps.load)
    if (state.run === undefined) return { step: undefined }
    yield* Effect.sleep(instance.settings.stillness)
    return { step: state.step }
  })

/** Out of there, in here, and only then gone there. A crash in between leaves a copy there that nothing sends. */
const carry = (
  { log, tab, transactions: here }: Instance,
  there: transactions.Transactions,
  unless: { readonly step: number | undefined } | undefined
): Effect.Effect<number, NotTakenOver | StorageError> =>
  Effect.gen(function* () {
    const user = log.userId ?? tab.verified?.userId
    const now = yield* Clock.currentTimeMillis
    const taken = yield* there.handOver(now, user, unless)
    if (typeof taken === "string") return yield* new NotTakenOver({ reason: taken })
    const received = yield* Effect.either(here.receive(taken.rows, taken.ids, taken.owner, now))
    const isDenied = Either.isRight(received) && received.right === "OtherUser"
    if (isDenied || (Either.isLeft(received) && !mayBeStored(received.left))) {
      yield* Effect.ignore(there.importRows(taken.rows))
    }
    const added = yield* received
    if (added === "OtherUser") return yield* new NotTakenOver({ reason: added })
    // What stays there is skipped by its id when it is taken over once more.
    yield* Effect.ignore(there.release(new Set(taken.rows.map(({ id }) => id))))
    return added.length
  }).pipe(Effect.uninterruptible)

const takeOver = Effect.fn("Outbox.takeOver")(function* (
  instance: Instance,
  others: Others | undefined,
  { account, baseUrl }: Which
) {
  const name = databaseName(account, baseUrl)
  yield* readInTime(instance, instance.mirror.reread)
  const store = others === undefined ? Option.none() : yield* others.open(name)
  if (Option.isNone(store)) return yield* new NotTakenOver({ reason: "Missing" })
  const there = transactions.make(store.value)
  const unless = yield* alone(instance, there, instance.lock.of?.(name))
  return yield* writtenInTime(instance, Effect.zipLeft(carry(instance, there, unless), goOn(instance)))
}, Effect.scoped)

export const make = (
  instance: Instance,
  others: Others | undefined
): Pick<Outbox.OutboxService, "others" | "takeOver"> => {
  // Asked twice at once, the second finds what the first has left, and not that one at work.
  const one = Effect.unsafeMakeSemaphore(1)
  return {
    others: others === undefined ? Effect.succeed([]) : find(instance, others),
    takeOver: (other) => noticed(instance)(one.withPermits(1)(takeOver(instance, others, other)))
  }
}
