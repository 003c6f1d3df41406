import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { Client, ClientId, WorkspaceId } from "../Client.js"
import { NoLocalCopy, type StorageError, type TransportError } from "../ClientError.js"
import type * as ClientsApi from "../ClientsApi.js"
import { type Turn, turnOf, type Wait } from "../log/state.js"
import type { Copy } from "../OutboxStore.js"
import * as heeding from "../account/heed.js"
import {
  type Dependencies as IdentityDependencies,
  identify,
  type Identity,
  identifyUnstored,
  toError
} from "../account/identity.js"
import * as budget from "../instance/quota.js"
import { Pinned } from "../wire/signing.js"

export interface Dependencies extends IdentityDependencies {
  /** The time that the server named, if there is one that has not passed. */
  readonly namedWait: Effect.Effect<Wait | undefined>
  /** A request has just worked: others may work too. */
  readonly worked: Effect.Effect<void>
}

export type ReadError = ClientsApi.ListError | StorageError

/** A list as Toggl gave it. */
export interface Listed {
  readonly clients: ReadonlyArray<Client>
  /** Milliseconds since the epoch. */
  readonly fetchedAt: number
  /** How far the replay had come when it was asked for. */
  readonly from: Turn
  /** Whether the local copy has it: no attempt has crossed it. */
  readonly isStored: boolean
  /** Whether all of its items could be read. */
  readonly isWhole: boolean
}

export interface Reading {
  /** The local copy, in step with the log as the mirror has it. */
  readonly local: (workspaceId: WorkspaceId) => Effect.Effect<Copy, StorageError>
  /** Asks Toggl for the whole list, and stores it unless an attempt has crossed it. */
  readonly list: (workspaceId: WorkspaceId) => Effect.Effect<Listed, ReadError>
  /** Asks Toggl for the whole list, and keeps nothing of it: for where there is no store. */
  readonly straight: (workspaceId: WorkspaceId) => Effect.Effect<ReadonlyArray<Client>, ClientsApi.ListError>
  /** Asks Toggl for one client. */
  readonly fetchOne: (workspaceId: WorkspaceId, clientId: ClientId) => Effect.Effect<Client, ReadError>
  /** Keeps what was heard of the quotas for the other tabs and for later. */
  readonly remember: Effect.Effect<void>
}

export const make = (deps: Dependencies): Reading => {
  const { api, mirror, namedWait, store } = deps
  const { heed, pause } = heeding.make(deps)
  const copies = new Map<number, Copy>()

  const local = (workspaceId: WorkspaceId): Effect.Effect<Copy, StorageError> =>
    Effect.gen(function* () {
      yield* mirror.sync
      const known = copies.get(workspaceId)
      if (known !== undefined && known.step === mirror.state.step) return known
      const copy = yield* store.copy(workspaceId)
      if (copy.step !== mirror.state.step || !mirror.isFresh()) {
        yield* mirror.distrust
        return yield* local(workspaceId)
      }
      copies.set(workspaceId, copy)
      return copy
    })

  /** Asks Toggl, if it may be asked now as far as this device knows, with credentials that are the account's. */
  const ask = <A, E extends { readonly _tag: string }, E2>(
    whose: Effect.Effect<Identity, E2>,
    request: Effect.Effect<A, E>
  ): Effect.Effect<A, E | E2 | TransportError> =>
    Effect.gen(function* () {
      const { paused } = mirror.state
      if (paused === "SignInNeeded" || paused === "WrongAccount") {
        return yield* toError({ _tag: paused === "WrongAccount" ? "WrongAccount" : "SignedOut" })
      }
      const named = yield* namedWait
      if (named?.error !== undefined) return yield* Effect.fail(named.error)
      const { credentialsChanges } = deps.local
      const identity = yield* whose
      if (credentialsChanges === deps.local.credentialsChanges) {
        if (identity._tag === "WrongAccount") yield* pause("WrongAccount")
        if (identity._tag === "Unknown") return yield* heed(Effect.fail(identity.error))
      }
      if (identity._tag !== "Known") return yield* toError(identity)
      // Another request may have been told to wait meanwhile.
      const told = yield* namedWait
      if (told?.error !== undefined) return yield* Effect.fail(told.error)
      return yield* heed(Effect.provideService(request, Pinned, identity.credentials))
    })

  // No read fails for it.
  const remember: Effect.Effect<void> = Effect.flatMap(Clock.currentTimeMillis, (now) => {
    const write = budget.written(deps.local.heard, now)
    if (write(mirror.state) === mirror.state) return Effect.void
    return Effect.ignore(Effect.flatMap(store.changeState(write), mirror.setState))
  })

  const since = (workspaceId: WorkspaceId) => turnOf(mirror.state, workspaceId)

  const list = (workspaceId: WorkspaceId): Effect.Effect<Listed, ReadError> =>
    Effect.gen(function* () {
      yield* mirror.sync
      // Finding out whose credentials these are may be what first writes to the store.
      let from = since(workspaceId)
      const request = Effect.suspend(() => {
        from = since(workspaceId)
        return api.listWithReport(workspaceId, { status: "both" })
      })
      const { clients, leftOut } = yield* ask(identify(deps), request)
      const fetchedAt = yield* Clock.currentTimeMillis
      const stored = yield* store.storeList(workspaceId, from, clients, fetchedAt)
      if (stored === undefined) yield* Effect.zipRight(mirror.distrust, mirror.sync)
      else yield* mirror.setState(stored)
      if (stored !== undefined && mirror.isFresh() && mirror.state.step === stored.step) {
        copies.set(workspaceId, { step: stored.step, clients, fetchedAt })
      }
      return { clients, fetchedAt, from, isStored: stored !== undefined, isWhole: leftOut.length === 0 }
    })

  return {
    local,
    list,
    remember,
    straight: (workspaceId) =>
      Effect.map(
        ask(identifyUnstored(deps), api.listWithReport(workspaceId, { status: "both" })),
        ({ clients }) => clients
      ),
    fetchOne: (workspaceId, clientId) =>
      Effect.gen(function* () {
        yield* mirror.sync
        let from = since(workspaceId)
        const get = Effect.suspend(() => {
          from = since(workspaceId)
          return api.get(workspaceId, clientId)
        })
        const read = yield* Effect.either(Effect.tap(ask(identify(deps), get), () => deps.worked))
        if (Either.isLeft(read) && read.left._tag !== "NotFound") return yield* Effect.fail(read.left)
        const stored = yield* store.storeClient(
          workspaceId,
          clientId,
          from,
          Option.getOrUndefined(Either.getRight(read))
        )
        if (stored !== undefined) yield* mirror.setState(stored)
        yield* remember
        return yield* read
      })
  }
}

export const noCopy = (workspaceId: WorkspaceId, cause: TransportError | undefined): NoLocalCopy =>
  new NoLocalCopy({ workspaceId, operation: "list", ...(cause === undefined ? {} : { cause }) })
