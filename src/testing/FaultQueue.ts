/**
 * Which injected fault meets a request.
 *
 * @since 0.1.0
 */
import * as Fault from "./Fault.js"
import type { RecordedRequest } from "./RequestLog.js"

/**
 * Which requests a fault meets.
 *
 * @since 0.1.0
 * @category models
 */
export interface InjectOptions {
  /** How many it meets: the next one unless said otherwise; `Infinity` is `"always"`. */
  readonly times?: number | "always" | undefined
  /** It meets only those for which this holds: all, unless given. */
  readonly when?: ((request: RecordedRequest) => boolean) | undefined
  /** So many of these pass it first, whatever else they meet: a fault from the n-th time on. None unless given. */
  readonly skip?: number | undefined
}

/**
 * The faults that wait for their requests.
 *
 * @since 0.1.0
 * @category models
 */
export interface FaultQueue {
  /** Adds a fault, and gives the way to take it back. */
  readonly add: (fault: Fault.Fault, options?: InjectOptions) => () => void
  /** The fault for a request, `Fault.none` if there is none; one of its times is used up. */
  readonly take: (request: RecordedRequest) => Fault.Fault
  /** Takes back every fault that still waits. */
  readonly clear: () => void
}

interface Rule {
  readonly fault: Fault.Fault
  readonly when: (request: RecordedRequest) => boolean
  readonly persistent: boolean
  toSkip: number
  left: number
}

/**
 * A queue without faults.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (): FaultQueue => {
  let rules: ReadonlyArray<Rule> = []
  const remove = (rule: Rule) => {
    rules = rules.filter((other) => other !== rule)
  }
  return {
    add: (fault, options) => {
      const left = options?.times === "always" ? Infinity : (options?.times ?? 1)
      const when = options?.when ?? (() => true)
      const rule = { fault, when, persistent: left === Infinity, toSkip: options?.skip ?? 0, left }
      rules = [...rules, rule]
      return () => {
        remove(rule)
      }
    },
    take: (request) => {
      const matching = rules.filter((rule) => {
        if (rule.left <= 0 || !rule.when(request)) return false
        rule.toSkip -= 1
        return rule.toSkip < 0
      })
      const rule = matching.find((each) => !each.persistent) ?? matching.at(-1)
      if (rule === undefined) return Fault.none
      rule.left -= 1
      if (rule.left <= 0) remove(rule)
      return rule.fault
    },
    clear: () => {
      rules = []
    }
  }
}
