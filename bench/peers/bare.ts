/**
 * No library: a strict transaction for each change, another when it was sent.
 *
 * @since 0.1.0
 */
import * as Database from "./Database.js"
import { isChange, type Peer } from "./Peer.js"

const opened = (queue: string) => Database.opened(`bare ${queue}`, "changes")

/**
 * A bare IndexedDB transaction.
 *
 * @since 0.1.0
 * @category peers
 */
export const bare: Peer = {
  seed: async (queue, changes) => {
    const database = await opened(queue)
    await Database.write(database, "changes", (store) => changes.forEach((change) => store.add(change)))
    database.close()
  },
  open: async (queue, server) => {
    const database = await opened(queue)
    const rows = () => Database.rows(database, "changes")
    const stored = (): Promise<Array<unknown>> => Database.asked(rows().getAll())
    await stored()
    return {
      accept: (change) => Database.write(database, "changes", (store) => store.add(change)),
      rest: () => Promise.resolve(),
      pending: () => Database.asked(rows().count()),
      replay: async () => {
        const [keys, changes] = await Promise.all([Database.asked(rows().getAllKeys()), stored()])
        for (const [index, change] of changes.entries()) {
          const key = keys[index]
          if (!isChange(change) || key === undefined) throw new Error("not a change")
          await server.change(change)
          await Database.write(database, "changes", (store) => store.delete(key))
        }
      },
      close: async () => database.close()
    }
  }
}
