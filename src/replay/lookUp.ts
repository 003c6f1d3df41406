// What became of an attempt that got no answer.
import * as Effect from "effect/Effect"
import { type AnyClientId, type Client, type ClientId, foldName } from "../Client.js"
import { type TransportError, Undecided } from "../ClientError.js"
import type * as ClientsApi from "../ClientsApi.js"
import { isTransport } from "../error/transport.js"
import { type Attempt, elsewhere, type Entry } from "../log/entry.js"
import { asked } from "../log/request.js"
import type { Sent } from "../transactions/settle.js"

type Failure = ClientsApi.NameError | ClientsApi.ListError

/** What a look-up found: how the attempt ended, or that it was not applied. */
export type LookedUp = Exclude<Sent, { readonly _tag: "Again" }> | { readonly _tag: "NotApplied" }

const notApplied: LookedUp = { _tag: "NotApplied" }

/** What was known before the attempt, and what resolves its client. */
export interface Before {
  /** The workspace's clients that were known before the attempt. */
  readonly clients: ReadonlyArray<Client>
  readonly userId: number | undefined
  readonly resolve: (id: AnyClientId) => ClientId | undefined
}

const undecided = (entry: Entry, reason: string, found: ReadonlyArray<Client> = []): LookedUp => ({
  _tag: "Refused",
  error: new Undecided({
    ...asked(entry.mutation),
    reason,
    found
  })
})

const lookUpCreate = (
  entry: Entry,
  attempt: Attempt,
  sent: NonNullable<Attempt["target"]>,
  listed: ClientsApi.Listed,
  before: Before
): LookedUp => {
  const knownIds = new Set(before.clients.map((client) => client.id))
  const name = foldName(sent.name)
  const named = listed.clients.filter((client) => foldName(client.name) === name)
  const found = named.filter((client) => !knownIds.has(client.id))
  const [client, ...others] = found
  if (client === undefined) {
    // What this device knows now says nothing of what was there before another device's attempt.
    if (attempt.fence === elsewhere && named.length > 0) {
      return undecided(entry, "a client of this name was known here when the change was imported", named)
    }
    return listed.leftOut.length === 0
      ? notApplied
      : undecided(entry, "the list of clients has an item that cannot be read, which may be this one")
  }
  if (others.length > 0) return undecided(entry, `${found.length} clients have this name`, found)
  if (client.creatorId !== undefined && before.userId !== undefined && client.creatorId !== before.userId) {
    return undecided(entry, "someone else created a client of this name", found)
  }
  if (client.notes !== sent.notes) return undecided(entry, "a client of this name has other notes", found)
  return { _tag: "Done", client }
}

const same = (a: { readonly name: string; readonly notes: string }, b: typeof a): boolean =>
  a.name.trim().normalize() === b.name.trim().normalize() && a.notes === b.notes

const lookUpUpdate = (entry: Entry, { base, target }: Attempt, theirs: Client): LookedUp => {
  if (target !== undefined && same(theirs, target)) return { _tag: "Done", client: theirs }
  if (base !== undefined && same(theirs, base)) return notApplied
  return undecided(entry, "the client is neither as it was nor as this change would make it", [theirs])
}

/** Finds out what became of an attempt that got no answer. Fails where Toggl cannot be asked now. */
export const lookUp = (
  api: ClientsApi.Service,
  entry: Entry,
  attempt: Attempt,
  before: Before
): Effect.Effect<LookedUp, TransportError> => {
  const { mutation } = entry
  const ask = (): Effect.Effect<LookedUp, Failure> => {
    if (mutation._tag === "Create") {
      return Effect.map(api.listWithReport(mutation.workspaceId, { status: "both" }), (listed) =>
        // Later changes of the client may have gone with it.
        lookUpCreate(entry, attempt, attempt.target ?? mutation, listed, before)
      )
    }
    const clientId = before.resolve(mutation.clientId)
    if (clientId === undefined) return Effect.succeed(notApplied)
    // These may be repeated: the request itself is the look-up, unless it is this that keeps failing.
    const repeatable = mutation._tag === "Delete" || mutation._tag === "Restore"
    if (repeatable && entry.serverErrors === 0) return Effect.succeed(notApplied)
    return Effect.map(api.get(mutation.workspaceId, clientId), (theirs) => {
      switch (mutation._tag) {
        case "Update":
          return lookUpUpdate(entry, attempt, theirs)
        case "Archive":
          return theirs.archived ? { _tag: "Done", client: theirs } : notApplied
        default:
          return notApplied
      }
    })
  }
  return Effect.catchAll(ask(), (error): Effect.Effect<LookedUp, TransportError> => {
    if (isTransport(error)) return Effect.fail(error)
    if (error._tag === "NotFound") {
      return Effect.succeed(mutation._tag === "Delete" ? { _tag: "Done" } : { _tag: "Refused", error })
    }
    return Effect.succeed(undecided(entry, `Toggl does not let this user look it up: ${error.message}`))
  })
}
