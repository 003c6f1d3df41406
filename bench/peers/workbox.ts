/**
 * The queue of `workbox-background-sync`. It is written for a service worker: in the page it is given a registration
 * that knows no background sync, so it registers none when a change is accepted, which would cost it more.
 *
 * @since 0.1.0
 */
import { Queue } from "workbox-background-sync/Queue.js"
import * as Database from "./Database.js"
import { type Change, fieldsOf, type Peer } from "./Peer.js"

Reflect.set(globalThis, "registration", {})

const bodyOf = ({ notes }: Change) => JSON.stringify({ notes })

const requestOf = (change: Change) =>
  new Request(`/clients/${change.client}`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: bodyOf(change)
  })

const opened = (queue: string) => new Queue(queue, { onSync: () => undefined })

// a name is taken once in each page, also by a queue that is of no more use
const closed = (queue: string) => Queue._queueNames.delete(queue)

/**
 * Workbox.
 *
 * @since 0.1.0
 * @category peers
 */
export const workbox: Peer = {
  seed: async (queue, changes) => {
    const requests = opened(queue)
    const [first, ...others] = changes
    if (first !== undefined) await requests.pushRequest({ request: requestOf(first) })
    closed(queue)
    if (others.length === 0) return
    const database = await Database.opened("workbox-background-sync")
    const stored: Array<unknown> = await Database.asked(
      Database.rows(database, "requests").index("queueName").getAll(queue)
    )
    const { id: _, requestData, ...row } = fieldsOf(stored.at(-1))
    await Database.write(database, "requests", (store) => {
      for (const change of others) {
        const { url } = requestOf(change)
        const body = new TextEncoder().encode(bodyOf(change)).buffer
        store.add({ ...row, requestData: { ...fieldsOf(requestData), url, body } })
      }
    })
    database.close()
  },
  open: async (queue, server) => {
    const requests = opened(queue)
    // it reads nothing as it starts: its size is the first that it can tell
    await requests.size()
    return {
      accept: (change) => requests.pushRequest({ request: requestOf(change) }),
      rest: () => Promise.resolve(),
      pending: () => requests.size(),
      replay: async () => {
        // it sends with the page's own `fetch`
        const { fetch } = globalThis
        globalThis.fetch = async (input, init) => {
          const request = new Request(input, init)
          const body = fieldsOf(await request.json())
          const client = Number(request.url.slice(request.url.lastIndexOf("/") + 1))
          await server.change({ client, notes: String(body["notes"]) })
          return Response.json({})
        }
        await requests.replayRequests()
        globalThis.fetch = fetch
      },
      close: async () => void closed(queue)
    }
  }
}
