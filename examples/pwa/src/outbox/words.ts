// An entry of the outbox in the user's words.
import { describe, describeMutation, type EntryView, type WaitingFor } from "effect-toggl-clients/promise"
import { capital } from "../parts/sentence.ts"
import { clock, count, until } from "../parts/times.ts"

/** Only the user can settle it. */
export const needsUser = ({ reason, state }: EntryView): boolean => state !== "Waiting" || reason?._tag === "SetAside"

type ById = ReadonlyMap<string, EntryView>

/** A client that Toggl does not have yet is called as its create calls it. */
const nameOfNew = (clientId: number | undefined, byId: ById): string | undefined => {
  for (const { clientId: made, mutation } of byId.values()) {
    if (mutation?._tag === "Create" && made !== undefined && made === clientId) return mutation.name
  }
  return undefined
}

/** What was asked for: "Rename Acme to Acme Ltd". */
export const titleOf = ({ clientId, mutation, nameBefore }: EntryView, byId: ById): string =>
  mutation === undefined
    ? "A change that this version cannot read"
    : capital(describeMutation(mutation, nameBefore ?? nameOfNew(clientId, byId)))

const timed = (reason: Extract<WaitingFor, { readonly until: number }>, now: number): string => {
  const next = until(reason.until, now)
  switch (reason._tag) {
    case "Offline":
      return "Waits for the network"
    case "Quota":
      return `Toggl's hourly quota is used up: it goes ${next}`
    case "RateLimited":
      return `Toggl asks to wait: it goes ${next}`
    case "LookingUp":
      return "The answer got lost. Toggl is asked what it did, so that nothing is done twice"
    case "SetAside":
      return `Keeps failing, while others get through. Tried again ${next}`
    case "BackingOff":
      return `Did not get through: tried again ${next}`
    case "CredentialsUnavailable":
      return `This app cannot tell now how to sign in: tried again ${next}`
  }
}

/** What it waits for. */
export const reasonOf = ({ reason }: EntryView, byId: ById, now: number): string | undefined => {
  if (reason === undefined) return undefined
  if ("until" in reason) return timed(reason, now)
  switch (reason._tag) {
    case "Held": {
      const cause = reason.by === undefined ? undefined : byId.get(reason.by)
      return cause === undefined ? capital(describe(reason, now)) : `Waits for: ${titleOf(cause, byId)}`
    }
    case "Behind":
      return reason.count === 0 ? "Next" : `After ${count(reason.count, "other change")}`
    case "InProgress":
      return "Being sent"
    case "SignInNeeded":
      return "Waits for you to sign in"
    case "WrongAccount":
      return "Another Toggl user is signed in"
    case "ByUser":
      return "Paused"
    default:
      return capital(describe(reason, now))
  }
}

export const madeAt = ({ acceptedAt }: EntryView, now: number): string | undefined =>
  acceptedAt === undefined ? undefined : `made ${clock(acceptedAt, now)}`

/** Toggl may have done it already, though no answer said so. */
export const mayBeApplied = ({ attempts, reason, refused, state }: EntryView): boolean =>
  attempts > 0 && (refused?._tag === "Undecided" || (state === "Waiting" && reason?._tag !== "InProgress"))

const freed = ({ mutation, nameBefore }: EntryView): string | undefined =>
  mutation?._tag === "Delete" || (mutation?._tag === "Update" && mutation.change.name !== undefined)
    ? nameBefore
    : undefined

const takes = ({ mutation, nameAfter }: EntryView, name: string | undefined): boolean =>
  name !== undefined &&
  (mutation?._tag === "Create" || mutation?._tag === "Update" || mutation?._tag === "Restore") &&
  nameAfter?.trim().toLowerCase() === name.trim().toLowerCase()

/** What is discarded with an entry: later changes of its client, and of who takes the name that it would free. */
export const goingWith = (entry: EntryView, all: ReadonlyArray<EntryView>): ReadonlyArray<EntryView> => {
  const going: Array<EntryView> = [entry]
  for (const later of all) {
    if (later.seq <= entry.seq || later.id === undefined) continue
    const isHeld = entry.dependents.includes(later.id)
    const hangs = going.some(
      (one) => (one.clientId !== undefined && one.clientId === later.clientId) || takes(later, freed(one))
    )
    if (isHeld || hangs) going.push(later)
  }
  return going.slice(1)
}
