// The outbox put together from its parts, and started.
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import { maxNameBytes } from "../Client.js"
import type { InvalidConfiguration } from "../ClientError.js"
import { ClientsApi } from "../ClientsApi.js"
import { Connectivity } from "../Connectivity.js"
import { CurrentCredentials } from "../Credentials.js"
import type * as Outbox from "./service.js"
import type { Conflicts } from "../replay/conflicts.js"
import { OutboxStore } from "../OutboxStore.js"
import { ReplayLock } from "../ReplayLock.js"
import * as budget from "../instance/quota.js"
import { makeLocal } from "../instance/decide.js"
import * as metering from "../instance/metrics.js"
import * as mirror from "../instance/mirror.js"
import * as observing from "./status.js"
import * as reading from "../read/copy.js"
import * as refreshing from "../read/refresh.js"
import * as repairing from "./repair.js"
import * as replay from "../replay/loop.js"
import { bytes, checked, count, duration } from "../settings.js"
import * as submitting from "./submit.js"
import * as viewing from "../read/views.js"

const policies: ReadonlyArray<Conflicts> = ["LastWriteWins", "CheckFirst", "Blind"]

const decodeOptions = (options: Outbox.Options) =>
  Either.gen(function* () {
    const { account, backoff = {}, conflicts = "LastWriteWins", reserve } = options
    yield* checked(
      "account",
      account,
      typeof account === "string" && account.trim() !== "",
      "what your app calls this user, for it is never guessed"
    )
    return {
      patience: yield* duration("patience", options.patience ?? "10 seconds", 'a duration such as "10 seconds"', 0),
      // An attempt is made only while its mark is younger than the margin: with hardly any, nothing is ever sent.
      margin: yield* duration("margin", options.margin ?? "5 seconds", "a second or more", 1000),
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

export const make = Effect.fnUntraced(function* (
  options: Outbox.Options
): Effect.fn.Return<
  Outbox.Service,
  InvalidConfiguration,
  ClientsApi | Connectivity | CurrentCredentials | OutboxStore | ReplayLock | Scope.Scope
> {
  const { reserve, ...settings } = yield* decodeOptions(options)
  const api = yield* ClientsApi
  const connectivity = yield* Connectivity
  const credentials = yield* CurrentCredentials
  const lock = yield* ReplayLock
  const store = yield* OutboxStore
  const local = makeLocal(reserve)
  yield* budget.listen(api, local.heard)
  const stillness = Duration.sum(api.requestLimit, settings.margin)
  let wake = (_: replay.WakeUp): void => undefined
  const reflected = yield* mirror.make(store, () => wake("Entry"))
  const observed = observing.make(reflected, local, Duration.toMillis(stillness))
  const worked = Effect.sync(() => wake("Network"))
  const read = reading.make({
    api,
    credentials,
    store,
    mirror: reflected,
    local,
    namedWait: observed.namedWait,
    worked
  })
  const refresher = yield* refreshing.make({ store, mirror: reflected, reading: read, worked })
  const running = yield* replay.make({
    api,
    store,
    lock,
    credentials,
    mirror: reflected,
    local,
    refreshing: refresher,
    settings: {
      merge: options.merge ?? true,
      bulk: options.bulk ?? false,
      conflicts: settings.conflicts,
      stillness,
      backoff: settings.backoff,
      setAsideAfter: settings.setAsideAfter,
      fetch: options.fetch
    }
  })
  wake = running.unsafeWake
  const submitted = yield* submitting.make({
    api,
    store,
    credentials,
    mirror: reflected,
    local,
    observed,
    wake: running.wake,
    patience: settings.patience
  })
  const repaired = repairing.make({
    account: options.account,
    baseUrl: api.baseUrl,
    maxNameBytes: settings.maxNameBytes,
    store,
    credentials,
    mirror: reflected,
    local,
    wake: running.wake
  })
  yield* connectivity.wakeUps.pipe((wakeUps) => observing.each(wakeUps, running.wake("Network")), Effect.forkScoped)
  yield* observing.each(credentials.changes, repaired.credentialsChanged).pipe(Effect.forkScoped)
  yield* running.loop.pipe(Effect.interruptible, Effect.forkScoped)
  yield* metering.keep(reflected)
  if (store.persist !== undefined) {
    yield* store.persist.pipe(
      Effect.flatMap((persisted) => {
        local.persisted = Option.getOrUndefined(persisted)
        return reflected.changed
      }),
      Effect.forkScoped
    )
  }
  const reads = viewing.make({ mirror: reflected, reading: read, refreshing: refresher })
  return { reads, ...submitted, ...repaired.service, ...observed.service }
})
