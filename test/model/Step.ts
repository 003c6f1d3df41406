/**
 * The language of histories: what users, networks, clocks and other people do to a device, step by step. A step means
 * the same whatever stands before it: it names its tab and its client by numbers that are taken round what is there.
 */
import type { Dice } from "./Dice.js"

export type Kind =
  | "open"
  | "close"
  | "crash"
  | "freeze"
  | "thaw"
  | "create"
  | "update"
  | "delete"
  | "archive"
  | "restore"
  | "spree"
  | "interrupt"
  | "read"
  | "weather"
  | "online"
  | "wake"
  | "credentials"
  | "colleague"
  | "clock"
  | "run"
  | "settle"
  | "advance"
  | "busy"
  | "retry"
  | "discard"
  | "pause"
  | "resume"
  | "replayNow"
  | "signOut"
  | "storage"
  | "storm"
  | "poison"
  | "cache"
  | "meddle"
  | "edit"
  | "giveUp"
  | "adopt"
  | "throw"
  | "unstorable"
  | "doubt"
  | "hang"
  | "wipe"
  | "purge"
  | "take"
  | "import"
  | "sleep"
  | "waits"
  | "gone"
  | "lose"
  | "jam"
  | "respell"
  | "takeOver"
  | "persist"
  | "flush"
  | "signIn"
  | "worker"
  | "endWorker"

/** `tab` and `n` choose; `n` also seeds what the step leaves to chance; `uid` makes names. */
export interface Step {
  readonly kind: Kind
  readonly tab: number
  readonly n: number
  readonly uid: number
}

/** What a history is mostly about: in one that is about anything, what takes several rare things to happen never does. */
export type Theme =
  | "anything"
  /** Creates whose answers get lost, among clients of the same names. */
  | "namesakes"
  /** Changes that never get through. */
  | "stuck"
  /** Changes that are edited, given up, adopted while nobody knows what became of them. */
  | "second thoughts"
  /** Caches, workers, browsers that send again, answers about another client. */
  | "odd answers"
  /** Several users, and credentials that are refused. */
  | "accounts"
  /** A store that leaves doubt, does not answer, is cleared; changes that are moved into files. */
  | "odd storage"
  /** Lists that drift, times that are absurd, requests that never left, devices that sleep. */
  | "odd times"
  /** Databases that are lost to a tab, never open, are called otherwise after a deploy and taken over, are promised to stay. */
  | "odd databases"
  /** Flushes, sign-ins, clients that are kept fresh, and a service worker that the browser wakes. */
  | "doors"

export interface History {
  /** Chooses how Toggl and the device are set up. */
  readonly setup: number
  /** About anything, if none is told. */
  readonly theme?: Theme
  readonly steps: ReadonlyArray<Step>
}

type Weights = ReadonlyArray<readonly [weight: number, kind: Kind]>

const odds: Weights = [
  [10, "open"],
  [2, "close"],
  [4, "crash"],
  [3, "freeze"],
  [8, "thaw"],
  [16, "create"],
  [16, "update"],
  [7, "delete"],
  [6, "archive"],
  [5, "restore"],
  [6, "spree"],
  [3, "interrupt"],
  [8, "read"],
  [12, "weather"],
  [6, "online"],
  [4, "wake"],
  [5, "credentials"],
  [5, "colleague"],
  [3, "clock"],
  [90, "run"],
  [10, "settle"],
  [22, "advance"],
  [6, "busy"],
  [5, "retry"],
  [6, "discard"],
  [1, "pause"],
  [6, "resume"],
  [2, "replayNow"],
  [1, "signOut"],
  [3, "storage"],
  [6, "storm"],
  [8, "poison"],
  [2, "cache"],
  [4, "meddle"],
  [4, "edit"],
  [3, "giveUp"],
  [8, "adopt"],
  [4, "throw"],
  [2, "unstorable"]
]

/** A theme keeps its place here, for that is part of its seeds. */
export const themes: ReadonlyArray<Theme> = [
  "anything",
  "namesakes",
  "stuck",
  "second thoughts",
  "odd answers",
  "accounts",
  "odd storage",
  "odd times",
  "odd databases",
  "doors"
]

const oddsOf: { readonly [T in Theme]: Weights } = {
  anything: odds,
  namesakes: [
    [6, "open"],
    [4, "crash"],
    [40, "create"],
    [10, "update"],
    [3, "delete"],
    [3, "archive"],
    [6, "read"],
    [16, "weather"],
    [20, "colleague"],
    [18, "meddle"],
    [60, "run"],
    [10, "settle"],
    [30, "advance"],
    [3, "retry"],
    [3, "discard"],
    [6, "adopt"],
    [2, "clock"]
  ],
  stuck: [
    [4, "open"],
    [3, "crash"],
    [16, "create"],
    [16, "update"],
    [6, "delete"],
    [4, "archive"],
    [4, "restore"],
    [6, "spree"],
    [3, "read"],
    [8, "weather"],
    [8, "storm"],
    [20, "poison"],
    [20, "run"],
    [6, "online"],
    [14, "settle"],
    [50, "advance"],
    [4, "retry"],
    [4, "edit"],
    [4, "giveUp"],
    [4, "throw"],
    [4, "unstorable"],
    [3, "storage"],
    [3, "clock"]
  ],
  "second thoughts": [
    [4, "open"],
    [3, "crash"],
    [3, "freeze"],
    [5, "thaw"],
    [20, "create"],
    [20, "update"],
    [4, "delete"],
    [4, "archive"],
    [3, "restore"],
    [3, "read"],
    [20, "weather"],
    [12, "poison"],
    [60, "run"],
    [6, "settle"],
    [30, "advance"],
    [4, "retry"],
    [4, "discard"],
    [24, "edit"],
    [14, "giveUp"],
    [8, "adopt"],
    [3, "colleague"]
  ],
  "odd answers": [
    [4, "open"],
    [3, "crash"],
    [36, "create"],
    [12, "update"],
    [20, "delete"],
    [12, "archive"],
    [4, "restore"],
    [6, "spree"],
    [8, "read"],
    [8, "weather"],
    [20, "storm"],
    [20, "cache"],
    [30, "run"],
    [10, "settle"],
    [30, "advance"],
    [3, "colleague"]
  ],
  accounts: [
    [14, "open"],
    [3, "close"],
    [4, "crash"],
    [5, "freeze"],
    [8, "thaw"],
    [16, "create"],
    [12, "update"],
    [4, "delete"],
    [12, "read"],
    [6, "weather"],
    [6, "online"],
    [24, "credentials"],
    [50, "run"],
    [10, "settle"],
    [20, "advance"],
    [4, "resume"],
    [6, "signOut"],
    [4, "clock"]
  ],
  "odd storage": [
    [6, "open"],
    [3, "crash"],
    [2, "close"],
    [3, "freeze"],
    [5, "thaw"],
    [24, "create"],
    [16, "update"],
    [5, "delete"],
    [4, "archive"],
    [4, "spree"],
    [4, "read"],
    [10, "weather"],
    [40, "run"],
    [10, "settle"],
    [24, "advance"],
    [3, "retry"],
    [3, "discard"],
    [16, "doubt"],
    [6, "hang"],
    [3, "wipe"],
    [3, "purge"],
    [8, "take"],
    [8, "import"]
  ],
  "odd times": [
    [4, "open"],
    [2, "crash"],
    [3, "freeze"],
    [4, "thaw"],
    [20, "create"],
    [16, "update"],
    [8, "delete"],
    [4, "archive"],
    [6, "gone"],
    [12, "read"],
    [10, "weather"],
    [24, "waits"],
    [8, "sleep"],
    [5, "online"],
    [4, "wake"],
    [3, "replayNow"],
    [30, "run"],
    [10, "settle"],
    [24, "advance"],
    [3, "retry"],
    [3, "discard"],
    [2, "clock"]
  ],
  "odd databases": [
    [8, "open"],
    [3, "crash"],
    [3, "close"],
    [3, "freeze"],
    [5, "thaw"],
    [24, "create"],
    [16, "update"],
    [5, "delete"],
    [4, "archive"],
    [4, "read"],
    [8, "weather"],
    [40, "run"],
    [10, "settle"],
    [24, "advance"],
    [3, "retry"],
    [3, "discard"],
    [3, "doubt"],
    [2, "take"],
    [2, "import"],
    [8, "lose"],
    [8, "jam"],
    [5, "respell"],
    [12, "takeOver"],
    [5, "persist"]
  ],
  doors: [
    [8, "open"],
    [2, "close"],
    [3, "crash"],
    [3, "freeze"],
    [6, "thaw"],
    [20, "create"],
    [12, "update"],
    [4, "delete"],
    [3, "archive"],
    [4, "read"],
    [10, "weather"],
    [6, "online"],
    [5, "wake"],
    [6, "credentials"],
    [50, "run"],
    [10, "settle"],
    [24, "advance"],
    [4, "interrupt"],
    [2, "retry"],
    [3, "discard"],
    [2, "pause"],
    [3, "resume"],
    [5, "signOut"],
    [2, "storage"],
    [2, "hang"],
    [3, "waits"],
    [2, "clock"],
    [20, "flush"],
    [16, "signIn"],
    [16, "worker"],
    [3, "endWorker"]
  ]
}

export const random = (dice: Dice, length: number, theme: Theme = "anything"): History => ({
  setup: dice.int(2 ** 31),
  ...(theme === "anything" ? {} : { theme }),
  steps: Array.from({ length }, (_, uid) => ({
    kind: dice.weighted(oddsOf[theme]) ?? "run",
    tab: dice.int(12),
    n: dice.int(2 ** 31),
    uid
  }))
})

/** A history as code, to be kept. */
export const print = (history: History): string =>
  [
    `{`,
    `  setup: ${history.setup},`,
    ...(history.theme === undefined ? [] : [`  theme: "${history.theme}",`]),
    `  steps: [`,
    history.steps
      .map((step) => `    { kind: "${step.kind}", tab: ${step.tab}, n: ${step.n}, uid: ${step.uid} }`)
      .join(",\n"),
    `  ]`,
    `}`
  ].join("\n")
