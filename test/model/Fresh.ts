/** What a tab shows that has just read the rows: worked out all at once, and not a change at a time. */
import * as Effect from "effect/Effect"
import type { WorkspaceId } from "../../src/Client.js"
import type { Memory } from "../../src/OutboxStore.js"
import { overlay } from "../../src/read/overlay.js"
import { viewOf } from "../../src/read/shown.js"
import * as memoryEngine from "../../src/store/memory.js"
import { load } from "../../src/transactions/accept.js"
import { readCopy } from "../../src/transactions/copy.js"
import type { View } from "../../src/View.js"

/** The clients as they stand in the rows, with what is pending laid on them. */
export const clientsIn = (memory: Memory, workspaceId: WorkspaceId): View["clients"] => {
  const read = memoryEngine.make(memory).transact("fresh", "readonly", function* () {
    return { log: yield* load(""), copy: yield* readCopy("", workspaceId) }
  })
  const { copy, log } = Effect.runSync(Effect.orDie(read))
  const views = overlay(workspaceId, copy.clients, { entries: log.entries, ids: log.ids, known: copy.clients })
  return viewOf(views.values(), { source: "Local", fetchedAt: copy.fetchedAt, leftOut: 0 }).clients
}
