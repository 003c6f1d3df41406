/**
 * This library, as an app in a browser has it.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { Client, Clients, Credentials, Outbox } from "../../src/index.js"
import { type Change, clientCount, type Peer, type Server } from "./Peer.js"

const baseUrl = `${location.origin}/toggl`
const workspaceId = Client.WorkspaceId.make(2230580)

const wireClient = (id: number) => ({
  id,
  wid: workspaceId,
  archived: false,
  name: `Client ${id}`,
  notes: "",
  at: "2026-01-01T00:00:00+00:00",
  creator_id: 1
})

const list = Array.from({ length: clientCount }, (_, index) => wireClient(index + 1))

const answers =
  (server: Server): typeof globalThis.fetch =>
  async (input, init) => {
    const request = new Request(input, init)
    if (request.method !== "PUT") {
      server.read()
      return Response.json(request.url.endsWith("/me") ? { id: 1 } : list)
    }
    const body = Object(await request.json())
    const client = Number(request.url.slice(request.url.lastIndexOf("/") + 1))
    await server.change({ client, notes: String(Reflect.get(body, "notes")) })
    return Response.json({ ...wireClient(client), ...body })
  }

const start = (account: string, server: Server) =>
  ManagedRuntime.make(
    Clients.layerBrowser({ account, baseUrl, credentials: Credentials.token("0".repeat(32)), fetch: answers(server) })
  )

const update = ({ client, notes }: Change) => Clients.update(workspaceId, Client.ClientId.make(client), { notes })

const nobody: Server = { change: () => Promise.resolve(), read: () => undefined }

/**
 * This library.
 *
 * @since 0.1.0
 * @category peers
 */
export const ours: Peer = {
  seed: async (queue, changes) => {
    const app = start(queue, nobody)
    await app.runPromise(Effect.zipRight(Clients.list(workspaceId), Outbox.pause))
    await app.runPromise(Effect.forEach(changes, update, { concurrency: 100, discard: true }))
    await app.dispose()
  },
  open: async (queue, server) => {
    const app = start(queue, server)
    await app.runPromise(Outbox.status)
    return {
      accept: async (change) => void (await app.runPromise(update(change))),
      rest: () => Promise.resolve(),
      pending: async () => (await app.runPromise(Outbox.status)).waiting,
      replay: () => app.runPromise(Effect.zipRight(Outbox.resume, Outbox.awaitDrained)),
      close: () => app.dispose()
    }
  }
}
