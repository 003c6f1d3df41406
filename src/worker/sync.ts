// What the browser wakes the service worker for: what waits in an outbox is sent, and it comes again while that helps.
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import { InvalidConfiguration, type StorageError } from "../ClientError.js"
import { Background, nobody } from "../instance/background.js"
import { Outbox } from "../outbox/service.js"
import * as opening from "../promise/open.js"
import type { OpenOptions } from "../promise/options.js"
import { settled } from "../promise/session.js"
import { invalid } from "../settings.js"
import type { WaitingFor } from "../Status.js"
import * as status from "../Status.js"
import { ownerOf } from "../store/name.js"
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

/** Until when it waits, where time alone ends that: when the network is back, the browser knows best. */
const endsAt = (reason: WaitingFor): number => {
  switch (reason._tag) {
    case "LookingUp":
    case "RateLimited":
    case "Quota":
      return reason.until
    default:
      return Infinity
  }
}

/** Sends until nothing is left that time or the network can cure, or what is left takes too long. */
const sentUntil = (deadline: number): Effect.Effect<void, StorageError | StillWaiting, Outbox> =>
  Effect.gen(function* () {
    const outbox = yield* Outbox
    const { waiting } = yield* outbox.flush({ timeLimit: Math.max(deadline - (yield* Clock.currentTimeMillis), 0) })
    const left = waiting.map(({ reason }) => reason).filter(passes)
    const [first] = left
    if (first === undefined) return
    const now = yield* Clock.currentTimeMillis
    const until = Math.min(...left.map(endsAt))
    // what is over by then, and is not sent, is not asked for without a pause
    const pause = Math.max(until - now, second)
    if (now + pause < deadline) return yield* Effect.zipRight(Effect.sleep(pause), sentUntil(deadline))
    const count = waiting.length === 1 ? "1 change waits" : `${waiting.length} changes wait`
    return yield* new StillWaiting({ what: `${count}: ${status.describe(first, now)}` })
  })

type Owner = NonNullable<ReturnType<typeof ownerOf>>

const layerOf = (options: OpenOptions) =>
  Layer.provide(opening.layerOf(options), Layer.succeed(Background, { ...nobody, isWoken: true }))

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
    const deadline = (yield* Clock.currentTimeMillis) + timeLimit
    yield* Effect.provide(sentUntil(deadline), layerOf(options))
  }).pipe(
    Effect.disconnect,
    Effect.timeoutFail({
      duration: timeLimit + second,
      onTimeout: () => new StillWaiting({ what: "The storage does not answer" })
    })
  )

export type Options = (account: string) => SyncOptions | undefined | Promise<SyncOptions | undefined>

const synced = (owner: Owner, options: Options): Promise<void> =>
  Promise.resolve(owner.account)
    .then(options)
    .then((given) =>
      // JavaScript has two words for nothing
      Predicate.isNullable(given)
        ? undefined
        : Effect.runPromiseExit(sent(owner, given)).then((exit) => settled(exit, undefined))
    )

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
