/**
 * Changes that wait together: a tab that knows what Toggl has, and sends nothing until the user resumes.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { Client } from "../../src/index.js"
import { queued } from "../Requests.js"
import { type Tab, type TabOptions, type World, workspaceId } from "../World.js"

export const paused = (world: World, names: ReadonlyArray<string>, options?: TabOptions) =>
  Effect.gen(function* () {
    const ids: Array<Client.ClientId> = []
    for (const name of names) {
      ids.push(Client.ClientId.make((yield* world.toggl.edit.createClient(workspaceId, { name, notes: "old" })).id))
    }
    const tab = yield* world.open(options)
    yield* tab.clients.list(workspaceId)
    yield* tab.outbox.pause
    yield* world.clearRequests
    return { tab, ids }
  })

export const one = (ids: ReadonlyArray<Client.ClientId>, index = 0) => ids[index] ?? Client.ClientId.make(1)

export const update = (tab: Tab, id: Client.AnyClientId, change: Client.UpdateInput) =>
  Effect.map(tab.clients.update(workspaceId, id, change), queued)

export const create = (tab: Tab, name: string, notes = "") =>
  Effect.map(tab.clients.create(workspaceId, { name, notes }), (receipt) => ({
    entry: queued(receipt),
    id: receipt.id
  }))

export const clientsOf = (world: World) =>
  Effect.map(world.toggl.clients(workspaceId), (clients) => clients.map(({ name, notes }) => [name, notes]))
