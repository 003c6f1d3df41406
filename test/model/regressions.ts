/**
 * Histories that once broke a law. Each is played in every test run.
 */
import type { History } from "./Step.js"

export interface Regression {
  /** What was wrong. */
  readonly name: string
  readonly history: History
}

export const regressions: ReadonlyArray<Regression> = []

/** Seeds that once broke a law, where the history is too long to be read. */
export const seeds: ReadonlyArray<{ readonly name: string; readonly seed: number; readonly steps: number }> = []
