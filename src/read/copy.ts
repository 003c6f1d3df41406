// The local copy of a workspace's clients, and what brings it up to date: a list, or one client.
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { ask, type Keeper } from "../account/ask.js"
import { identify, identifyUnstored, toError } from "../account/identity.js"
import type { Client, ClientId, WorkspaceId } from "../Client.js"
import type { StorageError } from "../ClientError.js"
import type * as ClientsApi from "../ClientsApi.js"
import { now } from "../effect/clock.js"
import { type Instance, type Listed, type ReadError, wake } from "../instance/instance.js"
import type { HeldCopy } from "../instance/copies.js"
import { landedIn, wokenByRead } from "../instance/decide.js"
import { writtenSoon } from "../instance/inTime.js"
import * as quota from "../instance/quota.js"
import { isWhole } from "../log/listed.js"
import { type QueueState, turnOf, workspaceOf } from "../log/state.js"
import type { Copy, Since } from "../transactions/copy.js"

// The steps of a store that was cleared are counted anew.
const goesWith = ({ step, store }: Pick<Copy, "store" | "step">, state: QueueState): boolean =>
  store === state.store && step === state.step

/** The local copy, in step with the log as it is known. */
export const localCopy = (instance: Instance, workspaceId: WorkspaceId): Effect.Effect<HeldCopy, StorageError> =>
  Effect.gen(function* () {
    const { log, mirror, reads, transactions } = instance
    yield* mirror.sync
    const known = reads.copies.at(workspaceId, log.state)
    if (known !== undefined) return known
    const copy = yield* transactions.copy(workspaceId)
    if (!goesWith(copy, log.state) || !mirror.isUpToDate()) {
      yield* mirror.doubt
      return yield* localCopy(instance, workspaceId)
    }
    return reads.copies.put(workspaceId, copy)
  })

/** Keeps what was heard of the quotas for the other tabs and for later. No read fails for it. */
export const remember = (instance: Instance): Effect.Effect<void> =>
  Effect.flatMap(Clock.currentTimeMillis, (now) => {
    const { log, mirror, quotas, transactions } = instance
    const write = quota.written(quotas, now)
    if (write(log.state) === log.state) return Effect.void
    return Effect.ignore(Effect.flatMap(writtenSoon(instance, transactions.changeState(write)), mirror.setState))
  })

// What Toggl answers, as whom it was asked, and how far the replay had come then. Finding out whose credentials these are
// may be what first writes to the store.
const askFrom = <A, E extends { readonly _tag: string }>(
  instance: Instance,
  workspaceId: WorkspaceId,
  request: Effect.Effect<A, E>,
  keeper?: Keeper
) =>
  Effect.gen(function* () {
    const { log, mirror, tab } = instance
    yield* mirror.sync
    let from: Since = turnOf(log.state, workspaceId)
    let user: number | undefined
    let { credentialsChanges } = tab
    const whose = Effect.tap(identify(instance), () =>
      Effect.sync(() => {
        user = tab.verified?.userId
        credentialsChanges = tab.credentialsChanges
      })
    )
    const asked = Effect.flatMap(now, (now) => {
      from = { ...turnOf(log.state, workspaceId), landed: landedIn(instance, workspaceId, now) }
      return request
    })
    const answer = yield* Effect.either(ask(instance, whose, asked, keeper))
    // Nobody's store is bound to a user whose credentials the app has given up meanwhile.
    const isOld = credentialsChanges !== tab.credentialsChanges && user !== log.userId
    return { answer, from, user, isOld }
  })

// The store was bound to another user while Toggl was asked.
const notOurs = ({ mirror }: Instance): Effect.Effect<never, ReadError> =>
  Effect.zipRight(mirror.doubt, Effect.fail(toError({ _tag: "WrongAccount" })))

const countIgnored = (workspaceId: WorkspaceId): Effect.Effect<void> =>
  Effect.logWarning(`total_count of the lists of workspace ${workspaceId} is wrong time and again: it is ignored`)

/** Asks Toggl for the whole list, and stores it unless an attempt has crossed it. */
export const list = (
  instance: Instance,
  workspaceId: WorkspaceId,
  reading: ClientsApi.Reading,
  keeper?: Keeper
): Effect.Effect<Listed, ReadError> =>
  Effect.gen(function* () {
    const { api, log, mirror, transactions } = instance
    const request = api.listWithReport(workspaceId, { status: "both" }, reading)
    const { answer, from, isOld, user } = yield* askFrom(instance, workspaceId, request, keeper)
    if (isOld) return yield* list(instance, workspaceId, reading, keeper)
    const listed = yield* answer
    const { clients } = listed
    // It is newer than what was read of a client to build a change on, also where it cannot be stored.
    for (const { id } of clients) instance.tab.seen?.clients.delete(id)
    const fetchedAt = yield* Clock.currentTimeMillis
    const before = workspaceOf(log.state, workspaceId)
    const storing = transactions.storeList(workspaceId, from, listed, fetchedAt, user)
    // The replay waits for as long as it takes.
    const stored = yield* keeper === undefined ? writtenSoon(instance, storing) : storing
    if (stored === "OtherUser") return yield* notOurs(instance)
    if (stored === undefined) yield* mirror.reread
    else yield* mirror.stepped(stored)
    const { isCountWrong = false } = stored === undefined ? before : workspaceOf(stored.state, workspaceId)
    if (isCountWrong && before.isCountWrong !== true) yield* countIgnored(workspaceId)
    const showsAll = isWhole(listed, isCountWrong)
    return { clients, list: listed, fetchedAt, from, isStored: stored !== undefined, isWhole: showsAll }
  })

/** Asks for one of the clients that several lists have not shown, though they may be there. */
export const askMissing = (instance: Instance, workspaceId: WorkspaceId): Effect.Effect<void> =>
  Effect.suspend(() => {
    const { log, transactions } = instance
    if (workspaceOf(log.state, workspaceId).leftOut === undefined) return Effect.void
    return Effect.flatMap(transactions.doubt(workspaceId), ({ again }) => {
      // Another one each time, for some may never be answered.
      const clientId = again[log.state.step % again.length]
      return clientId === undefined ? Effect.void : fetchOne(instance, workspaceId, clientId)
    }).pipe(Effect.ignore)
  })

/** Asks Toggl for the whole list, and keeps nothing of it: for where there is no store. */
export const straight = (
  instance: Instance,
  workspaceId: WorkspaceId
): Effect.Effect<ClientsApi.Listed, ClientsApi.ListError> =>
  ask(instance, identifyUnstored(instance), instance.api.listWithReport(workspaceId, { status: "both" }))

/** Asks Toggl for one client. */
export const fetchOne = (
  instance: Instance,
  workspaceId: WorkspaceId,
  clientId: ClientId
): Effect.Effect<Client, ReadError> =>
  Effect.gen(function* () {
    const { api, mirror, transactions } = instance
    const { answer, from, isOld, user } = yield* askFrom(instance, workspaceId, api.get(workspaceId, clientId))
    if (isOld) return yield* fetchOne(instance, workspaceId, clientId)
    if (Either.isRight(answer)) yield* wake(instance, wokenByRead(instance))
    else if (answer.left._tag !== "NotFound") return yield* Effect.fail(answer.left)
    const stored = yield* transactions.storeClient(
      workspaceId,
      clientId,
      from,
      Option.getOrUndefined(Either.getRight(answer)),
      user
    )
    if (stored === "OtherUser") return yield* notOurs(instance)
    if (stored !== undefined) yield* mirror.stepped(stored)
    yield* remember(instance)
    return yield* answer
  })
