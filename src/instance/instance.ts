// One running outbox is one value.
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import type { AnySpan } from "effect/Tracer"
import type { Client, ClientId, WorkspaceId } from "../Client.js"
import type { CredentialsUnavailable, StorageError } from "../ClientError.js"
import type { ListError, ClientsApiService as Api } from "../ClientsApi.js"
import { type Credentials, CurrentCredentials, type CredentialsService as CredentialsSource } from "../Credentials.js"
import type { Ending, EntryId } from "../Entry.js"
import type { Entry } from "../log/entry.js"
import type { Listed as List } from "../log/listed.js"
import type { Verdict } from "../log/verdict.js"
import type { QueueState, Turn, Wait } from "../log/state.js"
import { ReplayLock, type ReplayLockService as Lock } from "../ReplayLock.js"
import { OutboxStore } from "../store/service.js"
import type * as transactions from "../transactions/make.js"
import type { Now } from "../effect/clock.js"
import { makeTimer, type Timer } from "../effect/timer.js"
import { background, type BackgroundService } from "./background.js"
import { Deadlines } from "./clock.js"
import { Copies } from "./copies.js"
import { Log } from "./log.js"
import * as mirror from "./mirror.js"
import * as quota from "./quota.js"
import type { Settings } from "./settings.js"
import * as singleFlight from "./singleFlight.js"

/** Why the replay looks again. */
export type WakeUp = "Entry" | "Network" | "User"

/** Credentials that Toggl, or a proxy, has refused. */
export interface Refused {
  readonly kind: Credentials["_tag"] | undefined
  readonly signIn: NonNullable<QueueState["signIn"]>
  readonly reason: "SignInNeeded" | "WrongAccount"
  /** Whether it was not asked of these, for it had refused others a moment before. */
  readonly isUntried?: true
}

/** What this instance alone knows, and the store does not. */
export interface Tab {
  /** The device says that requests may work again, or the user wants it: backing off is over. */
  override: boolean
  /** Whether what this tab does now was chosen in spite of a backoff. */
  isForced: boolean
  /** How often the app has set other credentials: what Toggl says to earlier ones says nothing of these. */
  credentialsChanges: number
  /** There are no credentials here; another tab may have some. */
  signedOut: boolean
  /** Toggl has refused the credentials that are here, and how long they are not tried; another tab may have others. */
  refused: Refused | undefined
  /** The last refusal, though `/me` may have been answered since: until Toggl takes a change, or the app sets others. */
  lastRefused: NonNullable<QueueState["signIn"]> | undefined
  /** The user is signing in at the moment: it ends when Toggl has said whose the credentials are. */
  signingIn: Effect.Effect<void> | undefined
  /** What a sign-in has set: the source tells of it too. */
  echo: Credentials | undefined
  /** The app has set the credentials since the start, and nobody has refused them: they are tried at once. */
  areSet: boolean
  /** The pause as it was when the app set credentials that could not be had yet. */
  mayEnd: QueueState | undefined
  /** The source of credentials cannot tell: how often in a row, and until when it is not asked (by the monotonic clock). */
  unavailable: { readonly times: number; readonly until: number; readonly error: CredentialsUnavailable } | undefined
  /** What the replay threw last, by its name, and until when it rests (by the monotonic clock). */
  thrown: { readonly name: string; readonly until: number } | undefined
  /** The entry at which the replay has just thrown. */
  threwAt: EntryId | undefined
  /** Another replayer's run was under way when this one wanted to claim (without Web Locks). */
  busy: boolean
  /** The step at which that run was seen to stand still. */
  stoodStillAt: number | undefined
  /** Whether the browser has promised to keep the store, where it says. */
  persisted: boolean | undefined
  /** A time that the server named, and that could not be stored, or not beside another. */
  unstored: Wait | undefined
  /** The user wants it, or the network is another one: what a page has named is over, as soon as all of it is known. */
  endsPages: boolean
  /** How often in a row a step of the replay could not be written. */
  unwritten: number
  /** The service has shown that it does not know bulk requests. */
  isBulkUnknown: boolean
  /** The app's credentials, once Toggl has said whose they are. They stay in memory. */
  verified: { readonly credentials: Credentials; readonly userId: number } | undefined
  /** What the last run has read of Toggl. */
  seen: Seen | undefined
  /** An attempt whose refusal an earlier copy may have caused, which could not be looked up at once. */
  taken: { readonly attempt: string; readonly wasInDoubt: boolean; readonly verdict: Verdict } | undefined
  /** The attempt for which a list was heard that may be a cache's: it is asked for a second time. */
  listedFor: string | undefined
  /** Whether the proxy tells with whose token it signs: then nothing is sent for another user, whoever signs in meanwhile. */
  isTold: boolean
  /** The user whose credentials these or earlier ones were. */
  lastUser: number | undefined
  /** In which spans the changes of this session were accepted that have not been acted on since: the last of them. */
  readonly spans: Map<EntryId, AnySpan>
  /** The entries whose attempts are on the wire. */
  readonly onWire: Set<EntryId>
  /** What Toggl said of entries that were gone by then, so that it could not be booked: the last of them. */
  readonly unbooked: Map<EntryId, Ending>
}

/** What a run has read of Toggl. */
export interface Seen {
  /** When the first of it was read. */
  readonly since: Now
  /** The workspaces whose list was read. */
  readonly listed: Set<WorkspaceId>
  /** Those of them whose list could not be stored: each base is read by itself. */
  readonly unstored: Set<WorkspaceId>
  /** The clients that were read by themselves, each for the entry of that number: another tab may have sent that one since. */
  readonly clients: Map<
    ClientId,
    { readonly seq: number; readonly client: Client; readonly fetchedAt: number | undefined }
  >
}

/** A list as Toggl gave it. */
export interface Listed {
  readonly clients: ReadonlyArray<Client>
  /** The same, with what it does not show. */
  readonly list: List
  /** Milliseconds since the epoch. */
  readonly fetchedAt: number
  /** How far the replay had come when it was asked for. */
  readonly from: Turn
  /** Whether the local copy has it: no attempt has crossed it. */
  readonly isStored: boolean
  /** Whether it shows all that there is. */
  readonly isWhole: boolean
}

/** What a refresh leads to. */
export type Refreshed =
  /** The local copy has it, and all that was done since. */
  | { readonly _tag: "Stored" }
  /** An attempt was open all the time: the list, and the log that is to be laid over it. */
  | {
      readonly _tag: "Unstored"
      readonly list: List
      readonly fetchedAt: number
      readonly entries: ReadonlyArray<Entry>
      readonly ids: Log["ids"]
    }
  /** Attempts ended while each list was read: what was known before is more right than any of them. */
  | { readonly _tag: "Crossed" }

export type ReadError = ListError | StorageError

/** What is under way and what is remembered of reads, for all who read. */
interface Reads {
  readonly copies: Copies
  /** The replay's own are asked past caches: the app's may be a cache's, and no change is built on one. */
  readonly lists: singleFlight.SingleFlight<WorkspaceId, Listed, ReadError>
  readonly bases: singleFlight.SingleFlight<WorkspaceId, Listed, ReadError>
  readonly refreshes: singleFlight.SingleFlight<WorkspaceId, Refreshed, ReadError>
  readonly times: singleFlight.SingleFlight<"Time", void, never>
}

export interface Instance {
  readonly api: Api
  readonly transactions: transactions.Transactions
  readonly lock: Lock
  readonly credentials: CredentialsSource
  readonly settings: Settings
  readonly log: Log
  readonly mirror: mirror.Mirror
  readonly deadlines: Deadlines
  /** What was heard of the quotas since they were last written down. */
  readonly quotas: quota.Listened
  readonly reads: Reads
  readonly tab: Tab
  /** How long callers wait. */
  readonly timer: Timer
  /** Is asked, after each change of what is to be sent, to send it once the app has gone. */
  readonly background: BackgroundService
  readonly wakeUps: Queue.Queue<void>
}

/** Lets the replay look again, from within any code. */
export const unsafeWake = ({ tab, wakeUps }: Pick<Instance, "tab" | "wakeUps">, reason: WakeUp): void => {
  if (reason !== "Entry") tab.override = true
  if (reason === "User") tab.signedOut = false
  Queue.unsafeOffer(wakeUps, undefined)
}

/** Lets the replay look again. */
export const wake = (instance: Instance, reason: WakeUp): Effect.Effect<void> =>
  Effect.sync(() => unsafeWake(instance, reason))

/** Puts an instance together. Nothing is sent, and nothing read, before it is used. */
export const make = (
  settings: Settings,
  api: Api
): Effect.Effect<Instance, never, CurrentCredentials | OutboxStore | ReplayLock | Scope.Scope> =>
  Effect.gen(function* () {
    const store = yield* OutboxStore
    const scope = yield* Effect.scope
    const wakeUps = yield* Queue.sliding<void>(1)
    const log = new Log()
    const tab: Tab = {
      override: false,
      isForced: false,
      credentialsChanges: 0,
      signedOut: false,
      refused: undefined,
      lastRefused: undefined,
      signingIn: undefined,
      echo: undefined,
      areSet: false,
      mayEnd: undefined,
      unavailable: undefined,
      thrown: undefined,
      threwAt: undefined,
      busy: false,
      stoodStillAt: undefined,
      persisted: undefined,
      unstored: undefined,
      endsPages: false,
      unwritten: 0,
      isBulkUnknown: false,
      seen: undefined,
      listedFor: undefined,
      taken: undefined,
      verified: undefined,
      isTold: false,
      lastUser: undefined,
      spans: new Map(),
      onWire: new Set(),
      unbooked: new Map()
    }
    const copies = new Copies(log.touches)
    const news = yield* mirror.make(store, log, copies, () => unsafeWake({ tab, wakeUps }, "Entry"))
    const quotas = yield* quota.listen(api, news.changed, (info) => {
      if ("signedBy" in info) tab.isTold = info.signedBy !== undefined
    })
    return {
      api,
      transactions: news.transactions,
      lock: yield* ReplayLock,
      credentials: yield* CurrentCredentials,
      settings,
      log,
      mirror: news,
      deadlines: new Deadlines(),
      quotas,
      reads: {
        copies,
        lists: singleFlight.make(scope),
        bases: singleFlight.make(scope),
        refreshes: singleFlight.make(scope),
        times: singleFlight.make(scope)
      },
      tab,
      timer: yield* makeTimer,
      background: yield* background,
      wakeUps
    }
  })
