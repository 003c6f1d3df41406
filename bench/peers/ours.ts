/**
 * This library, as an app in a browser has it.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { Client, Clients, Credentials, Outbox } from "../../src/index.js"
import { wireClient, workspaceId } from "../rig.js"
import * as Database from "./Database.js"
import { type Change, clientCount, fieldsOf, type Peer, type Server } from "./Peer.js"

const baseUrl = `${location.origin}/toggl`
// other rows of that store tell of the queue itself
const logged = IDBKeyRange.bound(1, Number.MAX_SAFE_INTEGER)

const list = Array.from({ length: clientCount }, (_, index) => wireClient(index + 1))

const answers =
  (server: Server): typeof globalThis.fetch =>
  async (input, init) => {
    const request = new Request(input, init)
    if (request.method !== "PUT") {
      server.read()
      return Response.json(request.url.endsWith("/me") ? { id: 1 } : list)
    }
    const body = fieldsOf(await request.json())
    const client = Number(request.url.slice(request.url.lastIndexOf("/") + 1))
    await server.change({ client, notes: String(body["notes"]) })
    return Response.json({ ...wireClient(client), ...body })
  }

const start = (account: string, server: Server) =>
  ManagedRuntime.make(
    Clients.layerBrowser({ account, baseUrl, credentials: Credentials.token("0".repeat(32)), fetch: answers(server) })
  )

const update = ({ client, notes }: Change) => Clients.update(workspaceId, Client.ClientId.make(client), { notes })

const nobody: Server = { change: () => Promise.resolve(), read: () => undefined }

// the row of another change of another client
const copyOf = (row: unknown, { client, notes }: Change): unknown => {
  const { base, mutation, ...rest } = fieldsOf(row)
  return {
    ...rest,
    id: crypto.randomUUID(),
    mutation: { ...fieldsOf(mutation), clientId: client, notes },
    base: { ...fieldsOf(base), id: client, name: `Client ${client}` }
  }
}

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
    const [first, ...others] = changes
    if (first !== undefined) await app.runPromise(update(first))
    await app.dispose()
    if (others.length === 0) return
    const database = await Database.opened(Clients.databaseName(queue, baseUrl))
    const found: Array<unknown> = await Database.asked(Database.rows(database, "log").getAll(logged, 1))
    await Database.write(database, "log", (store) => others.forEach((change) => store.add(copyOf(found[0], change))))
    database.close()
  },
  open: async (queue, server) => {
    const app = start(queue, server)
    await app.runPromise(Outbox.status)
    return {
      accept: (change) => app.runPromise(Effect.asVoid(update(change))),
      rest: () => Promise.resolve(),
      pending: async () => (await app.runPromise(Outbox.status)).waiting,
      replay: () => app.runPromise(Effect.zipRight(Outbox.resume, Outbox.awaitDrained)),
      close: () => app.dispose()
    }
  }
}
