/**
 * Which injected fault meets a request.
 *
 * @since 0.1.0
 */
import * as Fault from "./Fault.js"
import type { RecordedRequest } from "./RequestLog.js"

/**
 * Which requests a fault meets: how many (the next one unless said otherwise), and only those for which `when` holds.
 *
 * @since 0.1.0
 * @category models
 */
export interface InjectOptions {
  readonly times?: number | "always"
  readonly when?: (request: RecordedRequest) => boolean
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
  readonly clear: () => void
}

interface Rule {
  readonly fault: Fault.Fault
  readonly when: (request: RecordedRequest) => boolean
  readonly persistent: boolean
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
      const times = options?.times ?? 1
      const persistent = times === "always"
      const rule = { fault, when: options?.when ?? (() => true), persistent, left: persistent ? Infinity : times }
      rules = [...rules, rule]
      return () => {
        remove(rule)
      }
    },
    take: (request) => {
      const matching = rules.filter((rule) => rule.left > 0 && rule.when(request))
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
