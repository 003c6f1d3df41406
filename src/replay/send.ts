// One request, and what its answer means to the entries that it stands for.
import * as Effect from "effect/Effect"
import type { Client, ClientId, WorkspaceId } from "../Client.js"
import type { TransportError } from "../ClientError.js"
import type * as ClientsApi from "../ClientsApi.js"
import { isTransport } from "../error/transport.js"
import type { Request } from "../log/request.js"
import type { Sent, Verdict } from "../log/verdict.js"
import { disposition, isUnsent } from "../wire/disposition.js"
import { isNotFoundText } from "../wire/text.js"
import type { Many } from "./bulk.js"

type Done = Extract<Sent, { _tag: "Done" }>

const answered = (client: Client): Done => ({ _tag: "Done", client, isAnswer: true })

const answeredOf = (clientId: ClientId): Done => ({ _tag: "Done", clientId, isAnswer: true })

const perform = (
  api: ClientsApi.ClientsApiService,
  workspaceId: WorkspaceId,
  request: Request
): Effect.Effect<Sent, ClientsApi.NameError> => {
  switch (request._tag) {
    case "Create":
      return Effect.map(api.create(workspaceId, request), answered)
    case "Update":
      return Effect.map(api.update(workspaceId, request.clientId, request), answered)
    case "Delete":
      return Effect.as(api.delete(workspaceId, request.clientId), answeredOf(request.clientId))
    case "Archive":
      return Effect.map(api.archive(workspaceId, request.clientId), (projects) => ({
        ...answeredOf(request.clientId),
        projects
      }))
    case "Restore":
      return Effect.map(api.restore(workspaceId, request.clientId, request.input), answered)
  }
}

/** No usable answer came: to be sent again, after it was looked up where it may have been applied. */
export const again = (error: TransportError): Extract<Sent, { _tag: "Again" }> => {
  const meaning = disposition(error)
  return {
    _tag: "Again",
    uncertain: meaning === "Uncertain",
    error,
    // A `fetch` that lets a change never go must not stop the others: that the device is offline stops them all.
    counts: meaning === "Uncertain" || isUnsent(error),
    ...(meaning === "NeverLeft" ? { neverLeft: true } : {})
  }
}

const verdictOf = (request: Request, error: ClientsApi.NameError): Sent => {
  if (isTransport(error)) return again(error)
  // It is gone, which is all that was asked for: an earlier attempt may have done it.
  if (request._tag === "Delete" && error._tag === "NotFound" && isNotFoundText(error.text)) {
    return answeredOf(request.clientId)
  }
  return { _tag: "Refused", error }
}

/** Sends the request once, and says what came of it. */
export const send = (
  api: ClientsApi.ClientsApiService,
  workspaceId: WorkspaceId,
  request: Request
): Effect.Effect<Sent> =>
  Effect.catchAll(perform(api, workspaceId, request), (error) => Effect.succeed(verdictOf(request, error)))

/** What came of a request for several clients; `isKnown`: whether the service knows such requests at all. */
interface Answered {
  readonly verdict: Verdict
  readonly isKnown: boolean
}

/** Sends one request for all. What it refuses, or does not name as done, is sent by itself. */
export const sendMany = (api: ClientsApi.ClientsApiService, many: Many): Effect.Effect<Answered> => {
  const { clientIds, entries } = many
  const { _tag, workspaceId } = entries[0].mutation
  const each = (verdictOf: (clientId: ClientId) => Sent | undefined): Answered => {
    const of = new Map<number, Sent>()
    for (const [index, entry] of entries.entries()) {
      const clientId = clientIds[index]
      const verdict = clientId === undefined ? undefined : verdictOf(clientId)
      if (verdict !== undefined) of.set(entry.seq, verdict)
    }
    return { verdict: { _tag: "Each", of }, isKnown: true }
  }
  const asked: Effect.Effect<Answered, ClientsApi.CallError> =
    _tag === "Delete"
      ? Effect.map(api.deleteMany(workspaceId, clientIds), () => each(answeredOf))
      : Effect.map(api.archiveMany(workspaceId, clientIds), (archived) =>
          each((clientId) => {
            const item = archived.find((item) => item.clientIds.includes(clientId))
            // Of several clients at once it is not told whose the projects are.
            const projects = item?.clientIds.length === 1 ? { projects: item.projectIds } : {}
            return item === undefined ? undefined : { ...answeredOf(clientId), ...projects }
          })
        )
  return Effect.catchAll(asked, (error) => Effect.succeed(refused(error)))
}

const refused = (error: ClientsApi.CallError): Answered => {
  if (isTransport(error)) {
    const isRoute = error._tag === "UnexpectedAnswer" && (error.status === 404 || error.status === 405)
    return { verdict: again(error), isKnown: !isRoute }
  }
  const isKnown =
    error._tag === "Forbidden" ||
    error._tag === "PlanRequired" ||
    (error._tag === "NotFound" && isNotFoundText(error.text))
  return { verdict: { _tag: "Apart" }, isKnown }
}
