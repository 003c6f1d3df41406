// After a sleep: Toggl's own time says whether what it named has passed.
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { Credentials } from "../Credentials.js"
import { type Now, now } from "../effect/clock.js"
import { isTogglsOwn } from "../error/base.js"
import type { Instance } from "../instance/instance.js"
import { isTooSoon, whoseStore } from "../instance/signIn.js"
import { asksAbout, heardWait, leftOf, mayBeOver, namedWait, occasionOf } from "../instance/waits.js"
import { type Wait, without } from "../log/state.js"
import { credentialsOf, Pinned } from "../wire/signing.js"
import { heed } from "./heed.js"

/** What `GET /me` says, and Toggl's own time by it, in milliseconds since 1970. A proxy's page says nothing of that. */
const askMe = (instance: Instance, credentials: Credentials) =>
  Effect.scoped(
    Effect.gen(function* () {
      let heard: number | undefined
      yield* instance.api.listen(({ date, operation }) =>
        Effect.sync(() => {
          if (operation === "me") heard = date
        })
      )
      const answered = yield* Effect.either(
        Effect.provideService(instance.api.me, Pinned, { credentials, userId: whoseStore(instance) })
      )
      const isOwn = Either.isRight(answered) || isTogglsOwn(answered.left)
      return { answered, date: isOwn ? heard : undefined }
    })
  )

// Dates are in whole seconds, and two clocks of one service may differ by one.
const slack = 2000

/** What is left of the wait; nothing where it is over by the clock of who named it. */
const leftBy = (instance: Instance, wait: Wait, date: number | undefined, now: Now): Wait | undefined => {
  const byDate = date === undefined || wait.until === undefined ? Infinity : wait.until + slack - date
  const length = Math.min(leftOf(instance, wait, now), byDate)
  return length > 0 ? { ...wait, seenAt: now.wall, length, askedAt: now.wall } : undefined
}

/** The wait is over, or goes on as this one: here and, as far as it can be stored, for all tabs. */
const replace = (instance: Instance, wait: Wait, next: Wait | undefined, now: Now): Effect.Effect<void> =>
  Effect.suspend(() => {
    const { deadlines, mirror, tab, transactions } = instance
    const occasion = occasionOf(wait)
    const isIt = (other: Wait | undefined) => other !== undefined && occasionOf(other) === occasion
    if (next === undefined) deadlines.waits.end(occasion)
    else heardWait(instance, next, now)
    if (isIt(tab.unstored)) tab.unstored = next
    const stored = transactions.changeState((state) => {
      if (!isIt(state.wait)) return state
      return next === undefined ? without(state, "wait") : { ...state, wait: next }
    })
    return Effect.ignore(Effect.flatMap(stored, mirror.setState))
  })

const asked = (instance: Instance, wait: Wait, credentials: Credentials): Effect.Effect<void> =>
  Effect.gen(function* () {
    const { tab } = instance
    const { credentialsChanges } = tab
    const { answered, date } = yield* askMe(instance, credentials)
    const moment = yield* now
    yield* replace(instance, wait, leftBy(instance, wait, date, moment), moment)
    const isOfOthers = credentialsChanges !== tab.credentialsChanges
    if (Either.isRight(answered) || (answered.left._tag === "Unauthorized" && isOfOthers)) return
    yield* Effect.ignore(heed(instance, Effect.fail(answered.left)))
  })

/** The wait that may have passed while the device slept. */
const slept = (instance: Instance, moment: Now): Wait | undefined => {
  const named = namedWait(instance, moment)
  return named !== undefined && mayBeOver(instance, named.wait, moment) ? named.wait : undefined
}

/**
 * Asks Toggl for its time where a time that was named may have passed while the device slept: one `GET /me`, which is of no
 * workspace's quota, and none again before the next sleep. `false`: it cannot be asked now.
 */
export const askTime = (instance: Instance): Effect.Effect<boolean> =>
  Effect.gen(function* () {
    const { times } = instance.reads
    if (times.isRunning("Time")) return yield* Effect.as(times.of("Time", Effect.void), true)
    if (slept(instance, yield* now) === undefined) return true
    const given = yield* Effect.either(credentialsOf(instance.credentials))
    const credentials = Option.flatten(Option.getRight(given))
    const moment = yield* now
    // Wrong log-ins are counted.
    if (Option.isNone(credentials) || isTooSoon(instance, credentials.value, moment)) return false
    const wait = slept(instance, moment)
    // Others have asked meanwhile.
    if (wait === undefined) return yield* askTime(instance)
    asksAbout(instance, wait, moment)
    return yield* Effect.as(times.of("Time", asked(instance, wait, credentials.value)), true)
  })
