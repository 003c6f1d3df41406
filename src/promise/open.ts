// Opening it: once for an account and a base URL in a page, and nothing else happens before it is used.
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Equal from "effect/Equal"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import { checkedOptions } from "../app/checked.js"
import { Clients } from "../app/service.js"
import { layerBrowser } from "../app/stack.js"
import { InvalidConfiguration } from "../ClientError.js"
import { Outbox } from "../outbox/service.js"
import { invalid } from "../settings.js"
import { pageOf, resolveBaseUrl } from "../wire/baseUrl.js"
import { checkedSource, source } from "./credentials.js"
import * as operations from "./operations.js"
import type { EffectRuntime, OpenOptions } from "./options.js"
import * as sessions from "./session.js"
import type { TogglClients } from "./toggl.js"

type Problem = InvalidConfiguration

// --- The settings --------------------------------------------------------------------------------------------------------

/** The base URL, as far as it can be told here: a relative one is a page's, and on a server there is none. */
const checkedBaseUrl = (given: string | URL | undefined): Either.Either<string, Problem> =>
  pageOf() === undefined && typeof given === "string" && given.startsWith("/")
    ? resolveBaseUrl(`https://localhost${given}`)
    : resolveBaseUrl(given)

const settingsOf = ({ credentials: _, onAnswer, ...settings }: OpenOptions) => ({
  ...settings,
  ...(onAnswer === undefined
    ? {}
    : { onAnswer: (info: Parameters<typeof onAnswer>[0]) => Effect.sync(() => onAnswer(info)) })
})

/** The options, if they can be right, and the base URL. */
export const checked = (options: OpenOptions): Either.Either<string, Problem> =>
  Either.gen(function* () {
    if (!Predicate.isRecord(options)) return yield* Either.left(invalid("options", "an object with an account"))
    yield* checkedSource(options.credentials)
    yield* checkedOptions(settingsOf(options))
    return yield* checkedBaseUrl(options.baseUrl)
  })

export const layerOf = (options: OpenOptions) =>
  Layer.unwrapEffect(
    Effect.map(source(options.credentials), (credentials) => layerBrowser({ ...settingsOf(options), credentials }))
  )

// --- Opened again --------------------------------------------------------------------------------------------------------

const isFunction = (value: unknown): value is (...args: ReadonlyArray<never>) => unknown => typeof value === "function"

// A module that was reloaded has the same functions as other objects.
const isSame = (one: unknown, other: unknown): boolean => {
  if (Equal.equals(one, other) || Object.is(one, other)) return true
  if (isFunction(one) && isFunction(other)) return String(one) === String(other)
  if (Redacted.isRedacted(one) || !Predicate.isRecord(one) || !Predicate.isRecord(other)) return false
  return [...Object.keys(one), ...Object.keys(other)].every((key) => isSame(one[key], other[key]))
}

interface Opened {
  readonly options: OpenOptions
  readonly toggl: TogglClients
  times: number
}

const opened = /*#__PURE__*/ new Map<string, Opened>()

const withClose = (session: sessions.Session, isLast: () => boolean): TogglClients => {
  let closed: Promise<void> | undefined
  return Object.freeze({
    ...operations.make(session),
    close: () => {
      if (closed === undefined && !isLast()) return Promise.resolve()
      return (closed ??= sessions.close(session))
    }
  })
}

const alone = () => true

const openFirst = (key: string, options: OpenOptions): TogglClients => {
  const session = sessions.make(sessions.engineOf(layerOf(options)))
  const isLast = () => {
    first.times--
    if (first.times > 0) return false
    if (opened.get(key) === first) opened.delete(key)
    return true
  }
  const first: Opened = { options, toggl: withClose(session, isLast), times: 1 }
  opened.set(key, first)
  return first.toggl
}

export const open = (options: OpenOptions): TogglClients => {
  const baseUrl = checked(options)
  if (Either.isLeft(baseUrl)) throw baseUrl.left
  // A server has no page in which it would be opened again, and one of its processes serves many users.
  if (pageOf() === undefined) return withClose(sessions.make(sessions.engineOf(layerOf(options))), alone)
  const key = `${baseUrl.right} ${options.account}`
  const before = opened.get(key)
  if (before === undefined) return openFirst(key, options)
  if (!isSame({ ...before.options, baseUrl: undefined }, { ...options, baseUrl: undefined })) {
    throw new InvalidConfiguration({
      setting: "options",
      problem: `${options.account} is open with other options: close that first, or set the same options everywhere`
    })
  }
  before.times++
  return before.toggl
}

// --- Over Effect's own ---------------------------------------------------------------------------------------------------

const wanted = new InvalidConfiguration({
  setting: "runtime",
  problem: "set it to a ManagedRuntime of Effect whose layer gives Clients and Outbox"
})

/** Whether the runtime has the services, its types say nothing of. */
const withServices = <A, E>(effect: Effect.Effect<A, E, sessions.Services>): Effect.Effect<A, E | Problem> =>
  Effect.flatMap(
    Effect.all([Effect.serviceOption(Clients), Effect.serviceOption(Outbox)]),
    ([clients, outbox]): Effect.Effect<A, E | Problem> =>
      Option.isNone(clients) || Option.isNone(outbox)
        ? wanted
        : Effect.provideService(Effect.provideService(effect, Clients, clients.value), Outbox, outbox.value)
  )

export const fromRuntime = (runtime: EffectRuntime): TogglClients => {
  if (!ManagedRuntime.isManagedRuntime(runtime)) throw wanted
  const session = sessions.make({
    fork: (effect) => runtime.runFork(withServices(effect)),
    // it is the app's, and goes on
    end: () => Promise.resolve()
  })
  return withClose(session, alone)
}
