import * as Effect from "effect/Effect"
import type { ClientId } from "../Client.js"
import type { CallError, Service } from "../ClientsApi.js"
import type { Entry } from "../log/entry.js"
import { disposition } from "../wire/disposition.js"
import { isNotFoundText } from "../wire/text.js"
import { isTransport } from "../error/transport.js"
import type { Mirror } from "../instance/mirror.js"
import type { Sent, Verdict } from "../transactions/settle.js"

// Toggl names no limit: a request of this size is surely none that is refused for it.
const most = 100

/** Deletes, or archives, of one workspace that come next one after the other, and Toggl's ids of their clients. */
export interface Many {
  readonly entries: readonly [Entry, ...ReadonlyArray<Entry>]
  readonly clientIds: ReadonlyArray<ClientId>
}

/** What may go with the head as one request; `undefined`: nothing. */
export const plan = (mirror: Mirror, head: Entry): Many | undefined => {
  const { held } = mirror.dependencies()
  const entries: [Entry, ...Array<Entry>] = [head]
  const clientIds = new Set<ClientId>()
  for (const entry of mirror.entries.values()) {
    const { mutation, seq, state } = entry
    if (seq < head.seq || mirror.parked.has(seq) || held.has(seq)) continue
    if (seq > mirror.newerAt || state._tag !== "Pending" || entry.apart === true || clientIds.size === most) break
    if (mutation._tag !== "Delete" && mutation._tag !== "Archive") break
    if (mutation._tag !== head.mutation._tag || mutation.workspaceId !== head.mutation.workspaceId) break
    const clientId = mirror.resolve(mutation.clientId)
    if (clientId === undefined || clientIds.has(clientId)) break
    clientIds.add(clientId)
    if (seq !== head.seq) entries.push(entry)
  }
  return clientIds.size < 2 ? undefined : { entries, clientIds: [...clientIds] }
}

/** What came of it; `isKnown`: whether the service knows such requests at all. */
interface Answered {
  readonly verdict: Verdict
  readonly isKnown: boolean
}

/** Sends one request for all. What it refuses, or does not name as done, is sent by itself. */
export const send = (api: Service, { clientIds, entries: [head, ...others] }: Many): Effect.Effect<Answered> => {
  const { _tag, workspaceId } = head.mutation
  const each = (verdictOf: (clientId: ClientId) => Sent | undefined): Answered => {
    const of = new Map<number, Sent>()
    for (const [index, entry] of [head, ...others].entries()) {
      const clientId = clientIds[index]
      const verdict = clientId === undefined ? undefined : verdictOf(clientId)
      if (verdict !== undefined) of.set(entry.seq, verdict)
    }
    return { verdict: { _tag: "Each", of }, isKnown: true }
  }
  const answered: Effect.Effect<Answered, CallError> =
    _tag === "Delete"
      ? Effect.map(api.deleteMany(workspaceId, clientIds), () => each((clientId) => ({ _tag: "Done", clientId })))
      : Effect.map(api.archiveMany(workspaceId, clientIds), (archived) =>
          each((clientId) => {
            const item = archived.find((item) => item.clientIds.includes(clientId))
            // Of several clients at once it is not told whose the projects are.
            const projects = item?.clientIds.length === 1 ? { projects: item.projectIds } : {}
            return item === undefined ? undefined : { _tag: "Done", clientId, ...projects }
          })
        )
  return Effect.catchAll(answered, (error) => Effect.succeed(refused(error)))
}

const refused = (error: CallError): Answered => {
  if (isTransport(error)) {
    const isRoute = error._tag === "UnexpectedAnswer" && (error.status === 404 || error.status === 405)
    const uncertain = disposition(error) === "Uncertain"
    return { verdict: { _tag: "Again", uncertain, error, counts: error._tag === "ServerError" }, isKnown: !isRoute }
  }
  switch (error._tag) {
    case "Forbidden":
    case "PlanRequired":
      return { verdict: { _tag: "Apart" }, isKnown: true }
    case "NotFound":
      return { verdict: { _tag: "Apart" }, isKnown: isNotFoundText(error.text) }
    default:
      return { verdict: { _tag: "Apart" }, isKnown: false }
  }
}
