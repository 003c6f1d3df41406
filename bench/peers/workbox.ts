/**
 * The queue of `workbox-background-sync`. It is written for a service worker: in the page it is given a registration
 * that knows no background sync, so it registers none when a change is accepted, which would cost it more.
 *
 * @since 0.1.0
 */
import { Queue } from "workbox-background-sync/Queue.js"
import { type Change, type Peer } from "./Peer.js"

Reflect.set(globalThis, "registration", {})

const requestOf = ({ client, notes }: Change) =>
  new Request(`/clients/${client}`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ notes })
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
    for (let at = 0; at < changes.length; at += 100) {
      await Promise.all(
        changes.slice(at, at + 100).map((change) => requests.pushRequest({ request: requestOf(change) }))
      )
    }
    closed(queue)
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
          const body = Object(await request.json())
          const client = Number(request.url.slice(request.url.lastIndexOf("/") + 1))
          await server.change({ client, notes: String(Reflect.get(body, "notes")) })
          return Response.json({})
        }
        await requests.replayRequests()
        globalThis.fetch = fetch
      },
      close: async () => void closed(queue)
    }
  }
}
