// After a sleep: Toggl's own time says whether what it named has passed.
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { Credentials } from "../Credentials.js"
import { type Now, now } from "../effect/clock.js"
import { isTogglsOwn } from "../error/base.js"
import type { Instance } from "../instance/instance.js"
import { isTooSoon } from "../instance/signIn.js"
import { asksAbout, heardWait, leftOf, mayBeOver, namedWait, occasionOf } from "../instance/waits.js"
import { type Wait, without } from "../log/state.js"
import { credentialsOf, Pinned } from "../wire/signing.js"
import { heed } from "./heed.js"

/** What `GET /me` says, and Toggl's own time by it, in milliseconds since 1970. A proxy's page says nothing of that. */
const askMe = ({ api }: Instance, credentials: Credentials) =>
  Effect.scoped(
    Effect.gen(function* () {
      let heard: number | undefined
      yield* api.listen(({ date, operation }) =>
        Effect.sync(() => {
          if (operation === "me") heard = date
        })
      )
      const answered = yield* Effect.either(Effect.provideService(api.me, Pinned, credentials))
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

/**
 * Asks Toggl for its time where a time that was named may have passed while the device slept: one `GET /me`, which is of no
 * workspace's quota, and none again before the next sleep.
 */
export const askTime = (instance: Instance): Effect.Effect<void> =>
  Effect.gen(function* () {
    const { times } = instance.reads
    if (times.isRunning("Time")) return yield* times.of("Time", Effect.void)
    const moment = yield* now
    const named = namedWait(instance, moment)
    if (named === undefined || !mayBeOver(instance, named.wait, moment)) return
    asksAbout(instance, named.wait, moment)
    const given = yield* Effect.either(credentialsOf(instance.credentials))
    const credentials = Option.flatten(Option.getRight(given))
    // Wrong log-ins are counted.
    if (Option.isNone(credentials) || isTooSoon(instance, credentials.value, moment)) return
    yield* times.of("Time", asked(instance, named.wait, credentials.value))
  })
