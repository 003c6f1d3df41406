// A client as Toggl usually sends it, and as it is kept: read as the schema reads it, at a fraction of its cost.
import * as Predicate from "effect/Predicate"
import type { Client, ClientId, WorkspaceId } from "./Client.js"

const isInt = (value: unknown): value is number => Number.isSafeInteger(value)

/** An id that Toggl gives: that of a workspace is of the same form. */
export const isTogglId = (value: unknown): value is ClientId & WorkspaceId => isInt(value) && value > 0

export const isAbsent = (value: unknown): value is null | undefined => value === undefined || value === null

// What only decorates a client, and few have.
const decorations = ["integration_ext_id", "integration_ext_type", "integration_provider", "external_reference"]

/** `undefined`: it is not as usual, and the schema is to say what it is. */
export const plainClient = (row: unknown): Client | undefined => {
  if (!Predicate.isRecord(row)) return undefined
  const {
    archived = false,
    at,
    creator_id: creatorId,
    id,
    name,
    notes = "",
    permissions,
    total_count: total,
    wid
  } = row
  if (!isTogglId(id) || !isTogglId(wid) || typeof name !== "string") return undefined
  if (typeof archived !== "boolean" || typeof notes !== "string") return undefined
  if (!isAbsent(permissions) && !(Array.isArray(permissions) && permissions.length === 0)) return undefined
  if (!isAbsent(creatorId) && !isInt(creatorId)) return undefined
  if (!isAbsent(total) && !isInt(total)) return undefined
  const millis = typeof at === "string" ? Date.parse(at) : undefined
  if (!isAbsent(at) && (millis === undefined || Number.isNaN(millis))) return undefined
  for (const key of decorations) if (!isAbsent(row[key])) return undefined
  return {
    id,
    workspaceId: wid,
    name,
    archived,
    notes,
    permissions: [],
    ...(millis === undefined ? {} : { at: millis }),
    ...(isAbsent(creatorId) ? {} : { creatorId }),
    ...(isAbsent(total) ? {} : { totalCount: total })
  }
}
