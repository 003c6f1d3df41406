// What the browser wakes the service worker for: what waits in an outbox is sent, and it comes again while that helps.
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Stream from "effect/Stream"
import { InvalidConfiguration, type StorageError } from "../ClientError.js"
import { mapEffect } from "../effect/stream.js"
import { Background, nobody } from "../instance/background.js"
import { type EntryView, Outbox } from "../outbox/service.js"
import * as opening from "../promise/open.js"
import type { OpenOptions } from "../promise/options.js"
import { settled } from "../promise/session.js"
import { invalid } from "../settings.js"
import type { WaitingFor } from "../Status.js"
import * as status from "../Status.js"
import { isThere } from "../store/connection.js"
import { databaseName, ownerOf } from "../store/name.js"
import type { SyncOptions } from "./options.js"

interface SyncEvent extends Event {
  readonly tag: string
  readonly waitUntil: (done: Promise<unknown>) => void
}

const isSyncEvent = (event: Event): event is SyncEvent =>
  "tag" in event && typeof event.tag === "string" && "waitUntil" in event && typeof event.waitUntil === "function"

/** How long it may take: browsers end a worker that takes some minutes. */
const timeLimit = 60_000
const second = 1000

/** What the browser hears, so that it tries again. */
class StillWaiting extends Data.TaggedError("StillWaiting")<{ readonly what: string }> {
  override get message(): string {
    return `${this.what}. The browser tries again.`
  }
}

/** Whether time or the network ends it, without the user and without another version of the app. */
const passes = ({ _tag }: WaitingFor): boolean => {
  switch (_tag) {
    case "SignInNeeded":
    case "WrongAccount":
    case "ByUser":
    case "Held":
    case "NewerVersion":
    // it goes, or stays, with those before it
    case "Behind":
      return false
    default:
      return true
  }
}

/** When it is over by itself; what is being sent is at any moment. */
const endsAt = (reason: WaitingFor): number => {
  if (reason._tag === "InProgress") return -Infinity
  return "until" in reason ? reason.until : Infinity
}

const isOfNetwork = ({ _tag }: WaitingFor): boolean =>
  _tag === "Offline" || _tag === "BackingOff" || _tag === "CredentialsUnavailable"

const reasonsOf = (entries: ReadonlyArray<EntryView>): ReadonlyArray<WaitingFor> =>
  entries.flatMap(({ reason }) => (reason === undefined ? [] : [reason]))

/**
 * What becomes of what is left until then: `undefined` while it is sent, or waits for something that is over soon. Requests that did
 * not work before are tried once more: when the next is worth it, the browser knows better.
 */
const leftOf = (
  entries: ReadonlyArray<EntryView>,
  before: ReadonlyArray<WaitingFor>,
  deadline: number,
  now: number
): "Nothing" | StillWaiting | undefined => {
  const waiting = reasonsOf(entries)
  const left = waiting.filter(passes)
  const [first] = left
  if (first === undefined) return "Nothing"
  const known = Math.max(...before.filter(isOfNetwork).map(endsAt)) + second
  const hasFailed = left.some((reason) => isOfNetwork(reason) && endsAt(reason) > known)
  if (!hasFailed && left.some((reason) => endsAt(reason) <= deadline)) return undefined
  const count = waiting.length === 1 ? "1 change waits" : `${waiting.length} changes wait`
  return new StillWaiting({ what: `${count}: ${status.describe(first, now)}` })
}

/**
 * Sends until nothing is left that time or the network can cure, or what is left takes too long. No backoff is cut short, for pages
 * ask after each change, also while Toggl is down: only being offline is over when the browser wakes.
 */
const sentUntil = (deadline: number): Effect.Effect<void, StorageError | StillWaiting, Outbox> =>
  Effect.gen(function* () {
    const { entries, replayNow, watchEntries } = yield* Outbox
    const before = reasonsOf(yield* entries)
    if (before.some(({ _tag }) => _tag === "Offline")) yield* replayNow
    const left = yield* watchEntries.pipe(
      mapEffect((entries) => Effect.map(Clock.currentTimeMillis, (now) => leftOf(entries, before, deadline, now))),
      Stream.filter(Predicate.isNotUndefined),
      Stream.runHead,
      Effect.timeoutOption(deadline - (yield* Clock.currentTimeMillis)),
      Effect.map(Option.flatten)
    )
    if (Option.isSome(left)) return yield* left.value === "Nothing" ? Effect.void : left.value
    return yield* new StillWaiting({ what: "There was no time for all changes" })
  })

type Owner = NonNullable<ReturnType<typeof ownerOf>>

const layerOf = (options: OpenOptions) =>
  Layer.provide(opening.layerOf(options), Layer.succeed(Background, { ...nobody, isWoken: true }))

const fromPromise = <A>(promise: () => Promise<A>): Effect.Effect<A, unknown> =>
  Effect.tryPromise({ try: promise, catch: (error) => error })

/** Sends what waits in that outbox, if the options lead there. */
const sent = (owner: Owner, given: SyncOptions): Effect.Effect<void, unknown> =>
  Effect.gen(function* () {
    const isGiven: boolean = Predicate.isRecord(given)
    if (!isGiven) return yield* invalid("options", "what open takes in the page, or undefined")
    const options = { ...given, account: given.account ?? owner.account, baseUrl: given.baseUrl ?? owner.baseUrl }
    const baseUrl = yield* opening.checked(options)
    if (options.account !== owner.account || baseUrl !== owner.baseUrl) {
      return yield* new InvalidConfiguration({
        setting: "options",
        problem: `onSync was asked for ${owner.account} at ${owner.baseUrl}: give nothing where that is not to be sent, or leave account and baseUrl out`
      })
    }
    // one that was deleted is not made anew
    if (!(yield* fromPromise(() => isThere(databaseName(owner.account, owner.baseUrl))))) return
    const deadline = (yield* Clock.currentTimeMillis) + timeLimit
    yield* Effect.provide(sentUntil(deadline), layerOf(options))
  })

export type Options = (account: string) => SyncOptions | undefined | Promise<SyncOptions | undefined>

/** What JavaScript takes for nothing, as `isAnna && options` does. */
const isNothing = (given: unknown): given is undefined | null | false =>
  given === undefined || given === null || given === false

const synced = (owner: Owner, options: Options): Promise<void> =>
  Effect.runPromiseExit(
    fromPromise(() => Promise.resolve(owner.account).then(options)).pipe(
      Effect.flatMap((given) => (isNothing(given) ? Effect.void : sent(owner, given))),
      Effect.disconnect,
      Effect.timeoutFail({
        duration: timeLimit + second,
        onTimeout: () => new StillWaiting({ what: "The app, or its storage, did not answer" })
      })
    )
  ).then((exit) => settled(exit, undefined))

const isWorker = () => "ServiceWorkerGlobalScope" in globalThis

export const onSync = (options: Options): (() => void) => {
  if (typeof options !== "function") throw invalid("options", "a function from the account to its options")
  if (!isWorker()) {
    throw new InvalidConfiguration({
      setting: "onSync",
      problem: "call it in the service worker's own script, while that is first run: nothing else is woken"
    })
  }
  const listener = (event: Event) => {
    if (!isSyncEvent(event)) return
    const owner = ownerOf(event.tag)
    // others use Background Sync too
    if (owner !== undefined) event.waitUntil(synced(owner, options))
  }
  addEventListener("sync", listener)
  return () => removeEventListener("sync", listener)
}
