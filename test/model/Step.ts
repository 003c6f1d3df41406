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

/** `tab` and `n` choose; `n` also seeds what the step leaves to chance; `uid` makes names. */
export interface Step {
  readonly kind: Kind
  readonly tab: number
  readonly n: number
  readonly uid: number
}

export interface History {
  /** Chooses how Toggl and the device are set up. */
  readonly setup: number
  readonly steps: ReadonlyArray<Step>
}

const odds: ReadonlyArray<readonly [weight: number, kind: Kind]> = [
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

export const random = (dice: Dice, length: number): History => ({
  setup: dice.int(2 ** 31),
  steps: Array.from({ length }, (_, uid) => ({
    kind: dice.weighted(odds) ?? "run",
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
    `  steps: [`,
    history.steps
      .map((step) => `    { kind: "${step.kind}", tab: ${step.tab}, n: ${step.n}, uid: ${step.uid} }`)
      .join(",\n"),
    `  ]`,
    `}`
  ].join("\n")
