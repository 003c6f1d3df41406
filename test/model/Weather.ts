/**
 * What becomes of a request: whether and when Toggl gets it, and what comes back. A request lands within the request
 * limit or never, as the design says that it rests on.
 */
import * as Predicate from "effect/Predicate"
import { Fault, type TogglWire } from "../../src/testing/index.js"
import type { Dice } from "./Dice.js"

export type End =
  /** Toggl's own answer. */
  | { readonly _tag: "Own" }
  | { readonly _tag: "Lost" }
  /** It has surely not left, and the app's own fetch says so. */
  | { readonly _tag: "Unsent" }
  | { readonly _tag: "Silence" }
  /** Status and headers come, but the body breaks off, or its rest never comes. */
  | { readonly _tag: "Broken"; readonly stalls: boolean }
  | {
      readonly _tag: "Instead"
      readonly answer: (request: TogglWire.WireRequest, own: TogglWire.Answer | undefined) => TogglWire.Answer
    }
  /** Toggl's own answer, or what it would have said, about another client. */
  | { readonly _tag: "Other" }

export interface Fate {
  readonly name: string
  /** After how many milliseconds Toggl gets it. */
  readonly lands: number | undefined
  /** After how many milliseconds the caller hears. */
  readonly ends: number
  readonly end: End
  /** After how many milliseconds it lands once more, as browsers repeat a request by themselves. */
  readonly repeats?: number
  /** What Toggl's own answer has become on its way, or with a newer Toggl; `undefined` where it stays as it is. */
  readonly bent?: (request: TogglWire.WireRequest, own: TogglWire.Answer) => TogglWire.Answer | undefined
}

export type Weather =
  | "clear"
  | "slow"
  | "flaky"
  | "down"
  | "portal"
  | "broken"
  | "refusing"
  | "limited"
  | "maintenance"
  | "repeating"
  | "worker"
  | "mixedUp"
  | "lossy"
  | "drifting"
  | "absurd"
  | "tunnel"
  | "wordy"

/** Those of the histories that are about the doors, of which there are fewer. */
export const kindsOfDoors = [
  "flush",
  "flush that ends at its limit",
  "flush that is told what waits",
  "flush, interrupted",
  "two flushes at once",
  "signed in",
  "sign-in that is refused",
  "sign-in of another user",
  "sign-in that cannot be checked",
  "sign-in with nothing",
  "sign-in that ends a pause",
  "credentials that cannot be set",
  "kept fresh",
  "left as it is, for it is fresh",
  "woken worker that sends",
  "woken worker without credentials",
  "woken worker in a pause",
  "woken worker that is ended"
] as const

/** What can be wrong besides the weather, each counted by its name. */
export const kinds = [
  "poison: firewall",
  "poison: page with 200",
  "poison: no client",
  "poison: redirect",
  "poison: reset",
  "poison: silence",
  "poison: 5xx",
  "poisoned look-up",
  "maintenance",
  "repeat, heard",
  "repeat, lost",
  "repeat, late",
  "cached look-up",
  "another client",
  "worker's fallback",
  "empty 200",
  "an older client of ours",
  "a colleague renames what was made",
  "a colleague edits what was made",
  "notes kept otherwise",
  "Date hidden",
  "Date off",
  "self-hosted",
  "unstorable acknowledgement",
  "credentials throw",
  "credentials cannot tell",
  "onAnswer throws",
  "isOnline throws",
  "HttpClient throws",
  "the store throws",
  "discard in doubt",
  "discard set aside",
  "edit in doubt",
  "edit set aside",
  "late answer to what was discarded",
  "adopt",
  "scout",
  "set aside",
  "storage in doubt, stored",
  "storage in doubt, not stored",
  "silent storage",
  "database cleared",
  "purged",
  "taken into a file",
  "brought back from a file",
  "item that cannot be read",
  "list that is not whole",
  "absurd time",
  "request that never left",
  "words for a quota",
  "sleep in a named wait",
  "second delete",
  "database lost to a tab",
  "opening that hangs",
  "database called otherwise",
  "taken over",
  "asked to be kept",
  ...kindsOfDoors
] as const

export type Kind = (typeof kinds)[number]

/** Within which a request lands, or never. */
export const requestLimit = 20_000

const wait = (dice: Dice): number => dice.pick(0, 0, 0, 1, 60, 900, 4_000, 12_000)
const late = (dice: Dice): number => dice.pick(1, 900, 5_000, 12_000, requestLimit - 1, requestLimit)

const own = (dice: Dice): Fate => {
  const lands = dice.pick(0, 0, 0, 40)
  return { name: "own", lands, ends: lands + dice.pick(0, 0, 0, 60), end: { _tag: "Own" } }
}

const slow = (dice: Dice): Fate => {
  const lands = wait(dice)
  return { name: "slow", lands, ends: lands + wait(dice), end: { _tag: "Own" } }
}

const refused = (dice: Dice): Fate => ({ name: "refused", lands: undefined, ends: wait(dice), end: { _tag: "Lost" } })

const lost = (dice: Dice): Fate => {
  const lands = wait(dice)
  return { name: "answer lost", lands, ends: lands + wait(dice), end: { _tag: "Lost" } }
}

const landsLate = (dice: Dice): Fate => ({ name: "lands late", lands: late(dice), ends: 0, end: { _tag: "Lost" } })

const silence = (dice: Dice): Fate => ({
  name: "silence",
  lands: dice.chance(0.6) ? late(dice) : undefined,
  ends: 0,
  end: { _tag: "Silence" }
})

const broken = (dice: Dice): Fate => {
  const lands = wait(dice)
  return { name: "broken answer", lands, ends: lands, end: { _tag: "Broken", stalls: dice.chance(0.4) } }
}

const instead =
  (make: (dice: Dice, applied: boolean) => Fault.Fault, appliedWith: number) =>
  (dice: Dice): Fate => {
    const lands = dice.chance(appliedWith) ? wait(dice) : undefined
    const { name, outcome } = make(dice, lands !== undefined)
    const end: End = outcome._tag === "Instead" ? outcome : { _tag: "Lost" }
    return { name: lands === undefined ? name : `${name}, applied`, lands, ends: (lands ?? 0) + wait(dice), end }
  }

const serverError = instead(
  (dice, applied) =>
    dice.pick(
      Fault.refusal(500, null, { applied }),
      Fault.proxyError({ applied }),
      Fault.proxyError({ applied, status: 504 }),
      Fault.respond({ applied, status: 408 }),
      Fault.respond({ applied, status: 503, headers: { "retry-after": "90" } })
    ),
  0.4
)
const portal = instead(() => Fault.captivePortal, 0)
const elsewhere = instead(
  (dice, applied) => Fault.redirect("https://portal.example/", { applied, opaque: dice.chance(0.5) }),
  0.3
)
const isDone = ({ status }: TogglWire.Answer): boolean => status >= 200 && status < 300

// A 2xx with Toggl's request id says that it was done, however garbled the rest is: so what was not done keeps its answer.
const garbled = (dice: Dice): Fate => {
  const fate = garbledDone(dice)
  const { end } = fate
  if (end._tag !== "Instead") return fate
  const answer: typeof end.answer = (request, own) =>
    own === undefined || isDone(own) ? end.answer(request, own) : own
  return { ...fate, end: { ...end, answer } }
}
const garbledDone = instead(
  (dice, applied) =>
    Fault.respond({
      applied,
      status: 200,
      headers: { "x-toggl-request-id": "0".repeat(32) },
      body: dice.pick("{", "{}", '"ok"', "[1")
    }),
  1
)
const notToggl = instead(
  (dice) =>
    dice.pick(
      Fault.proxyError({ status: 403 }),
      Fault.proxyError({ status: 404 }),
      Fault.respond({ status: 400, body: "Blocked by policy" }),
      Fault.respond({ status: 410, body: "gone" })
    ),
  0
)
const refusing = instead(
  (dice) =>
    dice.pick(
      Fault.refusal(400, "Something is wrong with it"),
      Fault.refusal(403, null),
      Fault.refusal(409, "Conflict"),
      Fault.refusal(410, "This endpoint is gone"),
      Fault.refusal(422, "Unprocessable"),
      Fault.refusal(402, "Only for premium workspaces")
    ),
  0
)
const signedOut = instead((dice) => Fault.respond({ status: dice.pick(401, 403) }), 0)
/** Toggl's own, or for one of the times a page of whatever stands before it. */
const tooMany = (seconds: number): Fault.Fault => {
  const headers = { "retry-after": String(seconds) }
  return seconds === 30 ? Fault.proxyError({ status: 429, headers }) : Fault.refusal(429, null, { headers })
}

const limited = instead(
  (dice) =>
    dice.pick(
      Fault.proxyError({ status: 429 }),
      tooMany(dice.pick(2, 30, 300)),
      Fault.proxyError({ status: 429, headers: { "retry-after": "soon" } }),
      Fault.refusal(402, "You have hit your hourly limit for API calls.", {
        headers: { "x-toggl-quota-remaining": "0", "x-toggl-quota-resets-in": String(dice.pick(3, 600, 3000)) }
      })
    ),
  0
)

const unavailable = instead((dice) => dice.pick(Fault.refusal(503, null), Fault.proxyError({ status: 503 })), 0)
const offline = instead(() => Fault.workerFallback, 0)
const empty = instead(() => Fault.emptyOk, 0)
const other = (dice: Dice): Fate => {
  const lands = dice.chance(0.5) ? 0 : undefined
  return { name: `other client${lands === undefined ? "" : ", applied"}`, lands, ends: 0, end: { _tag: "Other" } }
}

/** The list, where the answer is one. */
const listOf = ({ method, path }: TogglWire.WireRequest, { body, status }: TogglWire.Answer) => {
  if (method !== "GET" || !path.endsWith("/clients") || status !== 200 || typeof body !== "string") return undefined
  const list: unknown = body === "" ? undefined : JSON.parse(body)
  return Array.isArray(list) && list.length > 0 ? list.map((item: unknown) => item) : undefined
}

const withList = (answer: TogglWire.Answer, list: ReadonlyArray<unknown>): TogglWire.Answer => ({
  ...answer,
  body: JSON.stringify(list)
})

/** One of the clients is in the list as nobody can read it. */
const unreadableItem = (dice: Dice): Fate => {
  const [at, idIs, how] = [dice.int(1_000), dice.pick("shown", "shown", "hidden"), dice.int(3)]
  const item = (id: unknown): unknown => {
    const known = idIs === "shown" ? { id } : {}
    return how === 0 ? { ...known, name: 17 } : how === 1 ? { ...known, wid: "?", name: "a" } : known
  }
  return {
    ...own(dice),
    name: "item that cannot be read",
    bent: (request, answer) => {
      const list = listOf(request, answer)
      if (list === undefined) return undefined
      const changed = at % list.length
      return withList(
        answer,
        list.map((client, i) => (i === changed && Predicate.hasProperty(client, "id") ? item(client.id) : client))
      )
    }
  }
}

/** The list counts more clients than it shows. */
const notWhole = (dice: Dice): Fate => {
  const at = dice.int(1_000)
  return {
    ...own(dice),
    name: "list that is not whole",
    bent: (request, answer) => {
      const list = listOf(request, answer)
      // an empty list has no item to count them in
      if (list === undefined || list.length < 2) return undefined
      const shown = list.filter((_, i) => i !== at % list.length)
      const counted = shown.map((client) =>
        Predicate.isRecord(client) ? { ...client, total_count: list.length } : client
      )
      return withList(answer, counted)
    }
  }
}

const never = "999999999"

const absurd = (dice: Dice): Fate => ({
  ...instead(
    () =>
      dice.pick(
        Fault.refusal(429, null, { headers: { "retry-after": never } }),
        Fault.refusal(429, null, { headers: { "retry-after": "Fri, 31 Dec 9999 23:59:59 GMT" } }),
        Fault.proxyError({ status: 503, headers: { "retry-after": never } }),
        Fault.proxyError({ status: 429, headers: { "retry-after": "Fri, 31 Dec 9999 23:59:59 GMT" } }),
        Fault.refusal(402, "You have hit your hourly limit for API calls.", {
          headers: { "x-toggl-quota-remaining": "0", "x-toggl-quota-resets-in": never }
        })
      ),
    0
  )(dice),
  name: "absurd time"
})

/** What says in words alone that the quota is used up. */
const wordy = (dice: Dice): Fate => ({
  ...instead(
    () => Fault.refusal(402, dice.pick("Quota exceeded", "Your quota will reset in 61 seconds", "Too many requests.")),
    0
  )(dice),
  name: "words for a quota"
})

/** The app's own fetch knows that the request has not left. */
const neverLeft = (dice: Dice): Fate => ({ ...refused(dice), name: "never left", ends: 0, end: { _tag: "Unsent" } })

// The connection breaks before the answer: the caller hears that of the second copy, or loses the first.
const repeated = (dice: Dice): Fate => {
  const isHeard = dice.chance(0.5)
  const repeats = dice.pick(0, 0, 900, 5_000, requestLimit)
  const ends = isHeard ? repeats : dice.pick(0, 60, repeats)
  return { name: "repeated", lands: 0, repeats, ends, end: isHeard ? { _tag: "Own" } : { _tag: "Lost" } }
}

/** A way in which every request that is poisoned fails. */
export type Poison = Extract<Kind, `poison: ${string}`>

export const poisons: ReadonlyArray<Poison> = [
  "poison: firewall",
  "poison: page with 200",
  "poison: no client",
  "poison: redirect",
  "poison: reset",
  "poison: silence",
  "poison: 5xx"
]

const notAClient = Fault.respond({ status: 200, body: '{"message":"ok"}' })

const poisonous: { readonly [P in Poison]: (dice: Dice) => Fate } = {
  "poison: firewall": instead((dice) => Fault.firewall(dice.pick(400, 403, 404, 405, 406)), 0),
  "poison: page with 200": portal,
  "poison: no client": instead(() => notAClient, 0.1),
  "poison: redirect": elsewhere,
  "poison: reset": (dice) => (dice.chance(0.1) ? lost(dice) : refused(dice)),
  "poison: silence": (dice) => ({ ...silence(dice), ...(dice.chance(0.9) ? { lands: undefined } : {}) }),
  "poison: 5xx": serverError
}

/**
 * Where the device says that it is offline, a request that gets no answer has surely not left: the design rests on that
 * too.
 */
const asSaid = (fate: Fate, dice: Dice, saysOffline: boolean): Fate =>
  saysOffline && (fate.end._tag === "Lost" || fate.end._tag === "Broken") ? { ...refused(dice), ends: 0 } : fate

/** What becomes of a request that is poisoned. */
export const poisoned = (way: Poison, dice: Dice, saysOffline: boolean): Fate => ({
  ...asSaid(poisonous[way](dice), dice, saysOffline),
  name: way
})

type Odds = ReadonlyArray<readonly [weight: number, fate: (dice: Dice) => Fate]>

const odds: { readonly [W in Weather]: { readonly read: Odds; readonly write: Odds } } = {
  clear: { read: [[1, own]], write: [[1, own]] },
  slow: { read: [[1, slow]], write: [[1, slow]] },
  flaky: {
    read: [
      [20, own],
      [4, slow],
      [3, refused],
      [2, silence],
      [2, serverError],
      [2, broken],
      [1, portal],
      [1, garbled],
      [1, notToggl],
      [1, signedOut]
    ],
    write: [
      [12, own],
      [3, slow],
      [4, refused],
      [5, lost],
      [4, landsLate],
      [4, silence],
      [3, broken],
      [3, serverError],
      [1, portal],
      [1, elsewhere],
      [2, garbled],
      [1, notToggl]
    ]
  },
  down: { read: [[1, refused]], write: [[1, refused]] },
  portal: {
    read: [
      [3, portal],
      [1, elsewhere]
    ],
    write: [
      [3, portal],
      [1, elsewhere]
    ]
  },
  broken: {
    read: [
      [8, own],
      [1, serverError]
    ],
    write: [
      [1, own],
      [4, serverError]
    ]
  },
  refusing: {
    read: [
      [8, own],
      [1, refusing]
    ],
    write: [
      [3, own],
      [2, refusing]
    ]
  },
  limited: {
    read: [
      [3, own],
      [1, limited]
    ],
    write: [
      [3, own],
      [2, limited]
    ]
  },
  maintenance: { read: [[1, own]], write: [[1, unavailable]] },
  repeating: {
    read: [[1, own]],
    write: [
      [2, repeated],
      [1, own]
    ]
  },
  worker: {
    read: [
      [4, own],
      [1, offline],
      [1, empty]
    ],
    write: [
      [2, own],
      [1, offline],
      [1, empty]
    ]
  },
  mixedUp: {
    read: [[1, own]],
    write: [
      [2, own],
      [1, other]
    ]
  },
  lossy: {
    read: [[1, own]],
    write: [
      [2, own],
      [3, refused],
      [3, lost],
      [3, landsLate],
      [1, silence],
      [2, serverError]
    ]
  },
  drifting: {
    read: [
      [2, own],
      [3, unreadableItem],
      [3, notWhole]
    ],
    write: [[1, own]]
  },
  absurd: {
    read: [
      [3, own],
      [1, absurd]
    ],
    write: [
      [2, own],
      [3, absurd]
    ]
  },
  tunnel: {
    read: [
      [1, own],
      [1, neverLeft]
    ],
    write: [
      [1, own],
      [2, neverLeft]
    ]
  },
  wordy: {
    read: [
      [3, own],
      [1, wordy]
    ],
    write: [
      [2, own],
      [3, wordy]
    ]
  }
}

/** Draws what becomes of a request. */
export const draw = (weather: Weather, dice: Dice, isWrite: boolean, saysOffline: boolean): Fate =>
  asSaid(dice.weighted(odds[weather][isWrite ? "write" : "read"])?.(dice) ?? own(dice), dice, saysOffline)
