/**
 * The network between the tabs and Toggl, and Toggl itself: the fake's rules, with each request's way there and back as
 * events. What has left lands even if its tab has died.
 */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { Unsent } from "../../src/ClientsApi.js"
import * as FaultAnswer from "../../src/testing/FaultAnswer.js"
import * as ReadCache from "../../src/testing/ReadCache.js"
import * as TogglAuth from "../../src/testing/TogglAuth.js"
import type * as TogglOptions from "../../src/testing/TogglOptions.js"
import * as TogglService from "../../src/testing/TogglService.js"
import * as TogglTransport from "../../src/testing/TogglTransport.js"
import * as TogglWire from "../../src/testing/TogglWire.js"
import type { Dice } from "./Dice.js"
import type * as Machine from "./Machine.js"
import * as Weather from "./Weather.js"

/** A request that has left. */
export interface Flight {
  readonly process: Machine.Process
  readonly request: TogglWire.WireRequest
  /** Whether it may change a client. */
  readonly isWrite: boolean
  /** Whether the app has asked for it itself, rather than its queue. */
  readonly isApps: boolean
  readonly userId: number | undefined
  readonly departedAt: number
  readonly fate: Weather.Fate
  landed: boolean
  repeated: boolean
  heard: boolean
  own: TogglWire.Answer | undefined
  /** Whether what Toggl says of its clients comes so that a part of it cannot be read. */
  isUnreadable: boolean
}

/** Stands where the app itself calls the library. */
export class AppsOwn extends Context.Tag("test/AppsOwn")<AppsOwn, true>() {}

/** What an app's own fetch says of a request that has not left, to whoever asks at once: a history plays without a pause. */
const unsent = (): Promise<Response> => {
  const rejected = Promise.reject<Response>(new Unsent())
  rejected.catch(() => undefined)
  return Object.defineProperty(rejected, "catch", {
    value: (heard: (reason: unknown) => void) => {
      heard(new Unsent())
      return rejected
    }
  })
}

export interface Hooks {
  readonly departs: (flight: Flight) => void
  /** Toggl has served it. */
  readonly landed: (flight: Flight, before: TogglService.World, after: TogglService.World) => void
  /** The browser's own second copy of it was served. */
  readonly repeated: (flight: Flight, before: TogglService.World, after: TogglService.World) => void
  /** The tab hears an answer. `isOwn`: Toggl's own. */
  readonly answered: (flight: Flight, status: number, isOwn: boolean) => void
  /** A client that the tab knows, besides the one that is asked for. */
  readonly anotherThan: (request: TogglWire.WireRequest) => number | undefined
  /** A cache answers it, and not Toggl. */
  readonly readFromCache: (flight: Flight) => void
  /** The app's own fetch says that what this tab sends does not leave. */
  readonly neverLeft: (process: Machine.Process, isWrite: boolean) => void
  readonly met: (kind: Weather.Kind) => void
  /** Whether Toggl gets this request twice, as it never should. */
  readonly twice: (request: TogglWire.WireRequest) => boolean
}

/** What always fails, and how. */
export interface Poison {
  readonly way: Weather.Poison
  readonly isMeant: (request: TogglWire.WireRequest) => boolean
}

export interface Wire {
  readonly world: () => TogglService.World
  readonly setWorld: (world: TogglService.World) => void
  readonly options: TogglOptions.FakeTogglOptions
  /** What becomes of the next request that may change a client, whatever the weather. */
  readonly setNext: (fate: Weather.Fate) => void
  readonly setWeather: (weather: Weather.Weather) => void
  readonly weather: () => Weather.Weather
  /** From now on each request that is meant meets this fate. */
  readonly setPoison: (poison: Poison | undefined) => void
  readonly isPoisoned: () => boolean
  /** A cache answers reads of clients, from now on or no more; one that ignores queries answers look-ups too. */
  readonly setCaching: (mode: TogglOptions.FakeTogglOptions["cachedReads"]) => void
  readonly isCaching: () => boolean
  readonly connect: (
    process: Machine.Process,
    saysOffline: () => boolean,
    throws: () => boolean
  ) => { readonly client: HttpClient.HttpClient; readonly fetch: typeof globalThis.fetch }
  /** How many requests have still to land. */
  readonly inTheAir: () => number
  /** Whether a tab still waits for an answer. */
  readonly isAwaited: () => boolean
  /** Whether one that reads clients is on its way. */
  readonly isReading: () => boolean
}

export const make = (
  machine: Machine.Machine,
  options: TogglOptions.FakeTogglOptions,
  chance: () => Dice,
  hooks: Hooks
): Wire => {
  let world = TogglService.empty
  let weather: Weather.Weather = "clear"
  let forced: Weather.Fate | undefined
  let poison: Poison | undefined
  let caching: TogglOptions.FakeTogglOptions["cachedReads"] = "never"
  const cache = ReadCache.make()
  let sequence = 0
  let flights: ReadonlyArray<Flight & { readonly answer: () => void }> = []

  const forget = () => {
    flights = flights.filter(
      (flight) =>
        mustLand(flight) ||
        mustRepeat(flight) ||
        (flight.process.isAlive() && !flight.heard && flight.fate.end._tag !== "Silence")
    )
  }
  const land = (flight: Flight) => {
    if (flight.landed) return repeat(flight)
    const isKept = caching !== "never" && flight.request.path.includes("/clients")
    const kept = isKept ? cache.find(flight.request, caching) : undefined
    if (kept !== undefined) {
      hooks.readFromCache(flight)
      machine.note(() => `    a cache answers #${flight.request.sequence}`)
      flight.landed = true
      flight.own = kept
      return
    }
    const before = world
    const served = TogglService.serve(world, options, flight.request, machine.trueNow())
    world = served.world
    flight.landed = true
    flight.own = TogglTransport.leaving(flight.request, served.answer, options)
    const bent = flight.fate.bent?.(flight.request, flight.own)
    if (bent !== undefined) {
      flight.own = bent
      flight.isUnreadable = flight.fate.name === "item that cannot be read"
      hooks.met(flight.isUnreadable ? "item that cannot be read" : "list that is not whole")
    }
    if (isKept) cache.keep(flight.request, flight.own, caching)
    machine.note(() => `    Toggl gets #${flight.request.sequence} and answers ${served.answer.status}`)
    hooks.landed(flight, before, world)
    if (!hooks.twice(flight.request)) return
    const between = world
    world = TogglService.serve(world, options, flight.request, machine.trueNow()).world
    hooks.landed(flight, between, world)
  }
  const repeat = (flight: Flight) => {
    const before = world
    const served = TogglService.serve(world, options, flight.request, machine.trueNow())
    world = served.world
    flight.repeated = true
    flight.own = TogglTransport.leaving(flight.request, served.answer, options)
    machine.note(() => `    Toggl gets #${flight.request.sequence} again and answers ${served.answer.status}`)
    const isLate = flight.fate.repeats !== undefined && flight.fate.repeats > 0
    hooks.met(isLate ? "repeat, late" : flight.fate.end._tag === "Own" ? "repeat, heard" : "repeat, lost")
    hooks.repeated(flight, before, world)
  }
  // What it would answer is what it answers where nothing is done.
  const rehearse = (request: TogglWire.WireRequest) =>
    TogglTransport.leaving(request, TogglService.serve(world, options, request, machine.trueNow()).answer, options)
  const landsAt = (flight: Flight) => flight.departedAt + (flight.fate.lands ?? 0)
  const mustLand = (flight: Flight) => flight.fate.lands !== undefined && !flight.landed
  const mustRepeat = (flight: Flight) => flight.fate.repeats !== undefined && !flight.repeated
  const repeatsAt = (flight: Flight) => flight.departedAt + (flight.fate.repeats ?? 0)
  const endsAt = (flight: Flight) => flight.departedAt + flight.fate.ends
  const mayEnd = (flight: Flight) =>
    !flight.heard &&
    flight.fate.end._tag !== "Silence" &&
    endsAt(flight) <= machine.now() &&
    (flight.landed || flight.fate.lands === undefined || landsAt(flight) > machine.now()) &&
    (flight.fate.end._tag !== "Own" || !mustRepeat(flight))

  machine.addSource({
    enabled: () =>
      flights.flatMap((flight) => {
        const events: Array<Machine.Event> = []
        const isDue = mustLand(flight) ? landsAt(flight) <= machine.now() : repeatsAt(flight) <= machine.now()
        if ((mustLand(flight) || mustRepeat(flight)) && isDue) {
          events.push({
            label: `#${flight.request.sequence} lands`,
            run: () => {
              land(flight)
              forget()
            }
          })
        }
        if (mayEnd(flight) && flight.process.isAlive() && !flight.process.isFrozen()) {
          events.push({
            label: `#${flight.request.sequence} ends`,
            run: () => {
              flight.heard = true
              flight.answer()
              forget()
            }
          })
        }
        return events
      }),
    // what has left lands at its time, however busy the device is
    passes: (to) => {
      for (const flight of flights) {
        if (mustLand(flight) && landsAt(flight) < to) land(flight)
        if (mustRepeat(flight) && repeatsAt(flight) < to) land(flight)
      }
      forget()
    },
    nextTime: () => {
      const times = flights.flatMap((flight) => [
        ...(mustLand(flight) ? [landsAt(flight)] : []),
        ...(mustRepeat(flight) ? [repeatsAt(flight)] : []),
        ...(!flight.heard && flight.fate.end._tag !== "Silence" && !flight.process.isFrozen() ? [endsAt(flight)] : [])
      ])
      const later = times.filter((time) => time > machine.now())
      return later.length === 0 ? undefined : Math.min(...later)
    }
  })

  const counted: Partial<Record<string, Weather.Kind>> = {
    workerFallback: "worker's fallback",
    emptyOk: "empty 200",
    "absurd time": "absurd time",
    "words for a quota": "words for a quota"
  }
  // What names a time is read by whose time it is.
  const dated = ({ name }: Weather.Fate, answer: TogglWire.Answer): TogglWire.Answer =>
    options.dateHeader === "own" && (name === "absurd time" || name === "words for a quota")
      ? {
          ...answer,
          headers: { date: TogglWire.httpDate(machine.trueNow() + options.clockSkew), ...answer.headers }
        }
      : answer
  const hidesIds = options.hiddenHeaders.includes("x-toggl-request-id")
  const fateOf = (request: TogglWire.WireRequest, isWrite: boolean, saysOffline: boolean): Weather.Fate => {
    if (poison?.isMeant(request) === true) {
      hooks.met(isWrite ? poison.way : "poisoned look-up")
      return Weather.poisoned(poison.way, chance(), saysOffline)
    }
    const fate = Weather.draw(weather, chance(), isWrite, saysOffline)
    // An empty 200 is Toggl's where it is known to hide its request ids.
    const isList = !isWrite && request.path.endsWith("/clients")
    if (fate.name === "emptyOk" && (hidesIds || isList)) return Weather.draw("clear", chance(), isWrite, saysOffline)
    const kind = weather === "maintenance" && isWrite ? "maintenance" : counted[fate.name]
    if (kind !== undefined) hooks.met(kind)
    return fate
  }

  return {
    options,
    world: () => world,
    setWorld: (next) => {
      world = next
    },
    setNext: (fate) => {
      forced = fate
    },
    setWeather: (next) => {
      weather = next
    },
    weather: () => weather,
    isCaching: () => caching !== "never",
    setPoison: (next) => {
      poison = next
    },
    isPoisoned: () => poison !== undefined,
    setCaching: (mode) => {
      caching = mode
      if (mode === "never") cache.clear()
    },
    inTheAir: () => flights.filter(mustLand).length,
    isAwaited: () => flights.some(({ heard, process }) => !heard && process.isAlive()),
    isReading: () => flights.some(({ isWrite, request }) => !isWrite && request.path.includes("/clients")),
    connect: (process, saysOffline, throws) => {
      const calls = { made: 0, doesNotLeave: false }
      // never settles: what comes back comes back through the event loop
      const fetch: typeof globalThis.fetch = () => {
        calls.made++
        return calls.doesNotLeave ? unsent() : new Promise(() => undefined)
      }
      const client = HttpClient.make((request, url, _signal, fiber) =>
        Effect.flatMap(TogglTransport.fromHttpClient(request, url), (incoming) =>
          Effect.suspend(() => {
            if (throws()) return Effect.die(new TypeError("the client threw"))
            const given = Context.getOption(fiber.currentContext, FetchHttpClient.Fetch)
            const before = calls.made
            const isWrite = request.method !== "GET"
            const draw = () => fateOf({ ...incoming, sequence }, isWrite, saysOffline())
            const drawn = weather === "tunnel" ? draw() : undefined
            calls.doesNotLeave = drawn?.end._tag === "Unsent"
            Option.getOrElse(given, () => fetch)(url).catch(() => undefined)
            const lost = (description: string) =>
              new HttpClientError.RequestError({ request, reason: "Transport", description })
            if (calls.made === before) {
              machine.note(() => `    ${process.name} does not send: its turn has passed`)
              return Effect.fail(lost("not sent"))
            }
            if (calls.doesNotLeave) {
              machine.note(() => `    ${process.name} hears that ${request.method} has not left`)
              hooks.met("request that never left")
              hooks.neverLeft(process, isWrite)
              return Effect.fail(lost("never left"))
            }
            return Effect.async<HttpClientResponse.HttpClientResponse, HttpClientError.RequestError>((resume) => {
              const wire: TogglWire.WireRequest = { ...incoming, sequence: ++sequence }
              const flight: Flight & { answer: () => void } = {
                process,
                request: wire,
                isWrite,
                isApps: Option.isSome(Context.getOption(fiber.currentContext, AppsOwn)),
                userId: TogglAuth.userOf(TogglAuth.parse(wire.headers["authorization"]), options)?.id,
                departedAt: machine.now(),
                fate: (isWrite ? forced : undefined) ?? drawn ?? fateOf(wire, isWrite, saysOffline()),
                landed: false,
                repeated: false,
                heard: false,
                own: undefined,
                isUnreadable: false,
                answer: () => process.enter(() => end())
              }
              const give = (answer: TogglWire.Answer, body: "whole" | "stalls" | "breaks off") => {
                machine.note(() => `    ${process.name} hears ${answer.status} to #${wire.sequence}, ${body}`)
                if (body === "whole") hooks.answered(flight, answer.status, answer === flight.own)
                const response = TogglTransport.toHttpClient(request, { ...answer, body: "" })
                const bytes = typeof answer.body === "string" ? answer.body : ""
                const lost = new HttpClientError.ResponseError({ request, response, reason: "Decode" })
                const text = {
                  whole: Effect.succeed(bytes),
                  // unlike `Effect.never`, it sets no timer of its own
                  stalls: Effect.async<string>(() => undefined),
                  "breaks off": Effect.fail(lost)
                }[body]
                const stream = Stream.map(Stream.fromEffect(text), (text) => new TextEncoder().encode(text))
                resume(
                  Effect.succeed(
                    Object.defineProperties(response, { text: { value: text }, stream: { value: stream } })
                  )
                )
              }
              const whole = (answer: TogglWire.Answer) => give(answer, "whole")
              const end = () => {
                const { fate, own } = flight
                switch (fate.end._tag) {
                  case "Own":
                    return own === undefined ? resume(Effect.fail(lost("no answer"))) : whole(own)
                  case "Lost":
                    machine.note(() => `    ${process.name} loses #${wire.sequence}`)
                    return resume(Effect.fail(lost("lost")))
                  case "Instead":
                    return whole(TogglTransport.leaving(wire, dated(fate, fate.end.answer(wire, own)), options))
                  case "Other": {
                    const about = hooks.anotherThan(wire)
                    const answer = own ?? rehearse(wire)
                    if (about === undefined) return own === undefined ? resume(Effect.fail(lost("lost"))) : whole(own)
                    hooks.met("another client")
                    return whole(FaultAnswer.withClient(answer, { id: about }))
                  }
                  case "Broken":
                    return own === undefined
                      ? resume(Effect.fail(lost("no answer")))
                      : give(own, fate.end.stalls ? "stalls" : "breaks off")
                  case "Silence":
                  case "Unsent":
                    return undefined
                }
              }
              if (isWrite) forced = undefined
              flights = [...flights, flight]
              machine.note(
                () =>
                  `    ${process.name} sends #${wire.sequence} ${wire.method} ${wire.path} ${wire.body} (${flight.fate.name})`
              )
              hooks.departs(flight)
              return Effect.sync(() => {
                flight.heard = true
                forget()
              })
            })
          })
        )
      )
      return { client, fetch }
    }
  }
}
