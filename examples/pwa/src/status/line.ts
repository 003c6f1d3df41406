// What the outbox does, in one line.
import { describe, type Status } from "effect-toggl-clients/promise"
import { capital } from "../parts/sentence.ts"
import { clock, count, until } from "../parts/times.ts"

export interface Line {
  readonly kind: "saved" | "sending" | "waiting" | "offline" | "paused" | "signIn" | "attention" | "lost"
  readonly text: string
  /** How much of a run is done, from 0 to 1. */
  readonly progress?: number
}

const changes = (n: number) => count(n, "change")

const waits = (n: number) => (n === 0 ? "nothing waits" : `${changes(n)} ${n === 1 ? "waits" : "wait"}`)

/** What only the user can settle. */
export const needsUser = ({ refused, unreadable, setAside }: Status): number => refused + unreadable + setAside

const queueLine = (status: Status, now: number, isOnline: boolean): Line => {
  const { queue, waiting } = status
  switch (queue._tag) {
    case "StorageLost":
      return { kind: "lost", text: queue.error.message }
    case "Paused":
      if (queue.reason === "SignInNeeded") return { kind: "signIn", text: `Sign in again: ${waits(waiting)}` }
      if (queue.reason === "WrongAccount") {
        return { kind: "signIn", text: `Another Toggl user is signed in: ${waits(waiting)}` }
      }
      return { kind: "paused", text: `Paused: ${waits(waiting)}` }
    case "Replaying":
      return {
        kind: "sending",
        text: `Sending ${Math.min(queue.done + 1, queue.total)} of ${queue.total}`,
        progress: queue.total === 0 ? 0 : queue.done / queue.total
      }
    case "Waiting": {
      const reason = queue.for
      // what was under way when the network went is looked up when it is back
      const isCutOff = !isOnline && (reason._tag === "BackingOff" || reason._tag === "LookingUp")
      if (reason._tag === "Offline" || isCutOff) return { kind: "offline", text: `Offline: ${waits(waiting)}` }
      if (reason._tag === "Quota" || reason._tag === "RateLimited") {
        return { kind: "waiting", text: `Toggl asks to wait until ${clock(reason.until, now)}: ${waits(waiting)}` }
      }
      if (reason._tag === "BackingOff" && reason.cause === undefined) {
        const { error } = reason
        const what =
          error?._tag === "ServerError"
            ? `Toggl answers with an error (${error.status})`
            : error?._tag === "UnexpectedAnswer" || error?._tag === "RedirectedElsewhere"
              ? "Something else than Toggl answers"
              : "Toggl cannot be reached"
        return {
          kind: "waiting",
          text: `${what}, next try ${until(reason.until, now)}: ${waits(waiting)}`
        }
      }
      return { kind: "waiting", text: `${capital(describe(reason, now))}: ${waits(waiting)}` }
    }
    case "Idle": {
      const sendable = waiting - status.held - status.setAside
      if (!isOnline)
        return {
          kind: "offline",
          text:
            waiting > 0
              ? `Offline: ${waits(waiting)}`
              : needsUser(status) > 0
                ? "Offline"
                : "Offline: everything is saved in Toggl"
        }
      if (sendable > 0) return { kind: "sending", text: `${changes(sendable)} to send` }
      return { kind: "saved", text: waiting === 0 ? "Everything is saved in Toggl" : capital(waits(waiting)) }
    }
  }
}

/** `moved` counts the changes that were moved into a file, which nobody has said to have. */
export const lineOf = (status: Status, now: number, isOnline: boolean, moved = 0): Line => {
  const line = queueLine(status, now, isOnline)
  const mine = needsUser(status)
  if (mine === 0 && moved > 0 && status.waiting === 0) {
    return { kind: "attention", text: `${changes(moved)} moved into a file: have you got it?` }
  }
  if (mine === 0) return line
  const needs = `${changes(mine)} ${mine === 1 ? "needs" : "need"} you`
  if (line.kind === "saved") return { kind: "attention", text: needs }
  return { ...line, text: `${line.text}, ${needs}` }
}

/** Whether the sentence holds a time that passes. */
export const isTicking = ({ queue }: Status): boolean => queue._tag === "Waiting" && "until" in queue.for
