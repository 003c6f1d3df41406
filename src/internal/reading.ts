import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type { Client, ClientId, WorkspaceId } from "../Client.js"
import { NoLocalCopy, type StorageError, type TransportError } from "../ClientError.js"
import type * as ClientsApi from "../ClientsApi.js"
import type { Copy } from "../OutboxStore.js"
import * as heeding from "./heeding.js"
import {
  type Dependencies as IdentityDependencies,
  identify,
  type Identity,
  identifyUnstored,
  toError
} from "./identity.js"
import * as budget from "./budget.js"
import type { Observed } from "./observing.js"
import { Pinned } from "./pinned.js"

export interface Dependencies extends IdentityDependencies {
  readonly observed: Observed
  /** A request has just worked: others may work too. */
  readonly worked: Effect.Effect<void>
}

export type ReadError = ClientsApi.ListError | StorageError

/** What is known of a workspace: its clients from Toggl, and since when. `undefined`: never read. */
export interface Known {
  readonly clients: ReadonlyArray<Client>
  readonly fetchedAt: number
  /** Whether the local copy has it: no attempt has crossed it. */
  readonly isStored: boolean
  /** Whether all of its items could be read. */
  readonly isWhole: boolean
}

export interface Reading {
  /** The local copy, in step with the log as the mirror has it. */
  readonly local: (workspaceId: WorkspaceId) => Effect.Effect<Copy, StorageError>
  /** Asks Toggl for the whole list, once for all who ask meanwhile. */
  readonly refresh: (workspaceId: WorkspaceId) => Effect.Effect<Known, ReadError>
  /** The same for the replay, between two attempts. */
  readonly refreshBases: (workspaceId: WorkspaceId) => Effect.Effect<Known, ReadError>
  /** Asks Toggl for the whole list, and keeps nothing of it: for where there is no store. */
  readonly straight: (workspaceId: WorkspaceId) => Effect.Effect<ReadonlyArray<Client>, ClientsApi.ListError>
  /** Asks Toggl for one client. */
  readonly fetchOne: (workspaceId: WorkspaceId, clientId: ClientId) => Effect.Effect<Client, ReadError>
}

// A list that an attempt has crossed is read again so often; what cannot be stored then is only shown.
const triesToStore = 3

export const make = (deps: Dependencies): Reading => {
  const { api, mirror, observed, store } = deps
  const { heed, pause } = heeding.make(deps)
  const copies = new Map<number, Copy>()
  const refreshing = new Map<number, Deferred.Deferred<Known, ReadError>>()

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
      const named = yield* observed.namedWait
      if (named?.error !== undefined) return yield* Effect.fail(named.error)
      const { credentialsChanges } = deps.local
      const identity = yield* whose
      if (credentialsChanges === deps.local.credentialsChanges) {
        if (identity._tag === "WrongAccount") yield* pause("WrongAccount")
        if (identity._tag === "Unknown") return yield* heed(Effect.fail(identity.error))
      }
      if (identity._tag !== "Known") return yield* toError(identity)
      // Another request may have been told to wait meanwhile.
      const told = yield* observed.namedWait
      if (told?.error !== undefined) return yield* Effect.fail(told.error)
      return yield* heed(Effect.provideService(request, Pinned, identity.credentials))
    })

  // A hint for the other tabs and for later: no read fails for it.
  const remember: Effect.Effect<void> = Effect.flatMap(Clock.currentTimeMillis, (now) => {
    const write = budget.written(deps.local.heard, now)
    if (write(mirror.state) === mirror.state) return Effect.void
    return Effect.ignore(Effect.flatMap(store.changeState(write), mirror.setState))
  })

  const since = (workspaceId: WorkspaceId) => ({
    store: mirror.state.store,
    turn: mirror.state.workspaces[String(workspaceId)]?.turn ?? 0
  })

  const fetchList = (workspaceId: WorkspaceId, tries = 1): Effect.Effect<Known, ReadError> =>
    Effect.gen(function* () {
      yield* mirror.sync
      // Finding out whose credentials these are may be what first writes to the store.
      let from = since(workspaceId)
      const list = Effect.suspend(() => {
        from = since(workspaceId)
        return api.listWithReport(workspaceId, { status: "both" })
      })
      const { clients, leftOut } = yield* ask(identify(deps), list)
      const isWhole = leftOut.length === 0
      const fetchedAt = yield* Clock.currentTimeMillis
      const stored = yield* store.storeList(workspaceId, from, clients, fetchedAt)
      if (stored !== undefined) {
        yield* mirror.setState(stored)
        return { clients, fetchedAt, isStored: true, isWhole }
      }
      yield* mirror.distrust
      yield* mirror.sync
      const isOpen = (mirror.state.workspaces[String(workspaceId)]?.open.length ?? 0) > 0
      if (isOpen || tries === triesToStore) return { clients, fetchedAt, isStored: false, isWhole }
      return yield* fetchList(workspaceId, tries + 1)
    })

  const refresh = (workspaceId: WorkspaceId): Effect.Effect<Known, ReadError> =>
    Effect.uninterruptibleMask((restore) =>
      Effect.gen(function* () {
        const running = refreshing.get(workspaceId)
        if (running !== undefined) return yield* restore(Deferred.await(running))
        const mine = yield* Deferred.make<Known, ReadError>()
        refreshing.set(workspaceId, mine)
        const exit = yield* Effect.exit(restore(fetchList(workspaceId)))
        refreshing.delete(workspaceId)
        // Whoever waited with an interrupted caller asks again for itself.
        yield* Exit.isInterrupted(exit)
          ? Deferred.completeWith(mine, fetchList(workspaceId))
          : Deferred.done(mine, exit)
        return yield* exit
      })
    )

  return {
    local,
    refresh: (workspaceId) => refresh(workspaceId).pipe(Effect.tap(remember), Effect.tap(deps.worked)),
    refreshBases: (workspaceId) =>
      Effect.gen(function* () {
        const wasRunning = refreshing.has(workspaceId)
        const known = yield* refresh(workspaceId)
        // A read that began while an attempt was open is of no use here.
        return known.isStored || !wasRunning ? known : yield* refresh(workspaceId)
      }),
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
