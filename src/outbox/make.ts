// An instance is put together and started.
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { maxNameBytes } from "../Client.js"
import type { InvalidConfiguration } from "../ClientError.js"
import { ClientsApi } from "../ClientsApi.js"
import { Connectivity } from "../Connectivity.js"
import type { CurrentCredentials } from "../Credentials.js"
import * as instances from "../instance/instance.js"
import type { Instance } from "../instance/instance.js"
import * as metrics from "../instance/metrics.js"
import { watched } from "../instance/watched.js"
import type { Conflicts, Settings } from "../instance/settings.js"
import { OutboxStore } from "../store/service.js"
import * as views from "../read/views.js"
import { loop } from "../replay/loop.js"
import type { ReplayLock } from "../ReplayLock.js"
import { credentialsOf } from "../wire/signing.js"
import { bytes, checked, count, duration } from "../settings.js"
import * as entries from "./entries.js"
import * as flush from "./flush.js"
import * as files from "./files.js"
import * as others from "./others.js"
import * as persistence from "./persistence.js"
import * as repair from "./repair.js"
import type * as Outbox from "./service.js"
import * as signIn from "./signIn.js"
import * as status from "./status.js"
import * as submit from "./submit.js"

const policies: ReadonlyArray<Conflicts> = ["LastWriteWins", "CheckFirst", "Blind"]

export const decodeOptions = (
  options: Outbox.OutboxOptions,
  requestLimit: Duration.Duration
): Either.Either<Settings, InvalidConfiguration> =>
  Either.gen(function* () {
    const { account, backoff = {}, conflicts = "LastWriteWins", reserve } = options
    yield* checked(
      "account",
      account,
      typeof account === "string" && account.trim() !== "",
      "what your app calls this user, for it is never guessed"
    )
    // An attempt is made only while its mark is younger than the margin: with hardly any, nothing is ever sent.
    const margin = yield* duration("margin", options.margin ?? "5 seconds", "a second or more", 1000)
    return {
      account,
      merge: options.merge ?? true,
      bulk: options.bulk ?? false,
      fetch: options.fetch,
      stillness: Duration.toMillis(Duration.sum(requestLimit, margin)),
      patience: yield* duration("patience", options.patience ?? "10 seconds", 'a duration such as "10 seconds"', 0),
      backoff: {
        base: yield* duration("backoff.base", backoff.base ?? "1 second", 'a duration such as "1 second"'),
        cap: yield* duration("backoff.cap", backoff.cap ?? "5 minutes", 'a duration such as "5 minutes"')
      },
      setAsideAfter: yield* count("setAsideAfter", options.setAsideAfter ?? 5, "a number of failures, such as 5"),
      maxNameBytes: yield* count("maxNameBytes", options.maxNameBytes ?? maxNameBytes, bytes),
      reserve:
        reserve === undefined ? undefined : yield* count("reserve", reserve, "a number of requests, such as 5", 0),
      conflicts: yield* checked("conflicts", conflicts, policies.includes(conflicts), `one of ${policies.join(", ")}`)
    }
  })

/** Whoever signs in to the app in another tab sets no credentials here: a proxy that has refused may sign now. */
const askProxyAgain = ({ tab }: Instance): void => {
  if (tab.refused?.kind !== "Proxy") return
  tab.refused = undefined
  tab.areSet = true
}

/** The outbox, started: it replays for as long as the scope is open. */
export const make = Effect.fnUntraced(function* (
  options: Outbox.OutboxOptions
): Effect.fn.Return<
  Outbox.OutboxService,
  InvalidConfiguration,
  ClientsApi | Connectivity | CurrentCredentials | OutboxStore | ReplayLock | Scope.Scope
> {
  const api = yield* ClientsApi
  const settings = yield* decodeOptions(options, api.requestLimit)
  const { wakeUps } = yield* Connectivity
  const store = yield* OutboxStore
  const instance = yield* instances.make(settings, api)
  const { background, credentials, log, mirror, tab } = instance
  const { look, persist } = persistence.make(instance, store)
  const { lookAgain, reads } = yield* views.make(instance)
  const onWakeUps = Stream.runForEach(wakeUps, () =>
    Effect.zipRight(
      Effect.zipRight(
        Effect.sync(() => askProxyAgain(instance)),
        repair.wakeAnew(instance, "Network")
      ),
      Effect.all([Effect.forkScoped(look), Effect.forkScoped(mirror.lookAgain), lookAgain])
    )
  )
  yield* watched("what tells that requests may work again", onWakeUps).pipe(Effect.forkScoped)
  const onCredentials = Stream.runForEach(credentials.changes, () =>
    Effect.gen(function* () {
      if (tab.echo !== undefined) {
        const given = yield* Effect.option(credentialsOf(credentials))
        if (signIn.isEcho(instance, Option.getOrUndefined(Option.flatten(given)))) return
      }
      yield* repair.credentialsChanged(instance)
      yield* repair.wakeAnew(instance, "User")
      yield* lookAgain
    })
  )
  yield* watched("the source of credentials", onCredentials).pipe(Effect.forkScoped)
  // What could not be sent by then may have been asked for long ago, and given up since.
  const onLeaving = Stream.runForEach(background.leaving, () =>
    Effect.sync(() => {
      if (log.dependencies().next !== undefined) background.ask()
    })
  )
  yield* watched("what tells that the app may go", onLeaving).pipe(Effect.forkScoped)
  yield* status.noteSteps(instance)
  yield* loop(instance).pipe(Effect.interruptible, Effect.forkScoped)
  yield* metrics.keep(instance)
  yield* Effect.forkScoped(look)
  return {
    reads,
    ...submit.make(instance),
    ...repair.make(instance),
    ...flush.make(instance),
    ...(yield* signIn.make(instance, lookAgain)),
    ...files.make(instance),
    ...others.make(instance, store.others),
    ...status.make(instance),
    ...(yield* entries.make(instance)),
    persist
  }
})
