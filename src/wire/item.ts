// One item of a list: a client, or why it cannot be read. What is wrong is told in few words: an item may be of any size.
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { Client, type ClientId } from "../Client.js"
import { isAbsent, isTogglId, plainClient } from "../plainClient.js"

const decodeClient = /*#__PURE__*/ Schema.decodeUnknownEither(Client)

/** Why there is no client in it; nothing where there is one, for what else an item holds only decorates it. */
const problemOf = (item: unknown): string | undefined => {
  if (!Predicate.isRecord(item)) return "it is no object"
  const { archived, id, name, notes, wid } = item
  if (!isTogglId(id)) return "its id is no positive integer"
  if (!isTogglId(wid)) return "its wid is no positive integer"
  if (typeof name !== "string") return "its name is no text"
  if (!isAbsent(archived) && typeof archived !== "boolean") return "archived is neither true nor false"
  return isAbsent(notes) || typeof notes === "string" ? undefined : "its notes are no text"
}

export const decodeItem = (item: unknown): Either.Either<Client, string> => {
  const plain = plainClient(item)
  if (plain !== undefined) return Either.right(plain)
  const problem = problemOf(item)
  return problem === undefined ? Either.mapLeft(decodeClient(item), () => "it is no client") : Either.left(problem)
}

/** The id of an item that cannot be read, unless it says that it is of another workspace. */
export const idIn = (item: unknown, workspaceId: number | undefined): ClientId | undefined => {
  if (!Predicate.isRecord(item) || !isTogglId(item["id"])) return undefined
  const { id, wid } = item
  return isTogglId(wid) && workspaceId !== undefined && Number(wid) !== workspaceId ? undefined : id
}

/** How many there are, by what the item says. */
export const totalIn = (item: unknown): number | undefined => {
  const total = Predicate.isRecord(item) ? item["total_count"] : undefined
  return typeof total === "number" && Number.isSafeInteger(total) ? total : undefined
}

/** Whether it says who made it, or when it was changed, in a way that cannot be read. */
export const isUnsure = (item: unknown, { at, creatorId }: Client): boolean =>
  Predicate.isRecord(item) &&
  ((at === undefined && !isAbsent(item["at"])) || (creatorId === undefined && !isAbsent(item["creator_id"])))
