/**
 * Orbit: a memory source that shows the change at once, and the task queue of what is to be sent, kept in its bucket.
 *
 * @since 0.1.0
 */
import { type Task, TaskQueue } from "@orbit/core"
import { buildTransform } from "@orbit/data"
import { IndexedDBBucket } from "@orbit/indexeddb-bucket"
import { MemorySource } from "@orbit/memory"
import { type RecordOperation, RecordSchema, type RecordTransform, RecordTransformBuilder } from "@orbit/records"
import { type Change, clientCount, fieldsOf, type Peer } from "./Peer.js"

const schema = new RecordSchema({
  models: { client: { attributes: { name: { type: "string" }, notes: { type: "string" } } } }
})

const named = (client: number) => ({ type: "client", id: String(client) })

const edit = (builder: RecordTransformBuilder, { client, notes }: Change) =>
  builder.replaceAttribute(named(client), "notes", notes)

const changeOf = (task: Task): Change => {
  const { operations } = fieldsOf(task.data)
  const [first]: Array<unknown> = [operations].flat()
  const { op, record, value } = fieldsOf(first)
  if (op !== "replaceAttribute") throw new Error("no change")
  return { client: Number(fieldsOf(record)["id"]), notes: String(value) }
}

// `push` answers when the task was performed. That it is kept only its bucket is told.
class Told extends IndexedDBBucket {
  onSet: () => void = () => undefined
  override async setItem(key: string, value: unknown): Promise<void> {
    await super.setItem(key, value)
    this.onSet()
  }
}

const bucketOf = (queue: string) => new Told({ namespace: `orbit ${queue}` })

/**
 * Orbit.
 *
 * @since 0.1.0
 * @category peers
 */
export const orbit: Peer = {
  seed: async (queue, changes) => {
    const bucket = bucketOf(queue)
    const builder = new RecordTransformBuilder()
    const tasks = changes.map((change): Task => {
      const data = buildTransform<RecordOperation>(edit(builder, change).toOperation())
      return { type: "update", id: data.id, data }
    })
    await bucket.setItem("requests", tasks)
    bucket.closeDB()
  },
  open: async (queue, server) => {
    const bucket = bucketOf(queue)
    const memory = new MemorySource({ schema })
    await memory.sync((transform) =>
      Array.from({ length: clientCount }, (_, index) =>
        transform.addRecord({ ...named(index + 1), attributes: { name: `Client ${index + 1}`, notes: "" } })
      )
    )
    const requests = new TaskQueue(
      { perform: (task) => server.change(changeOf(task)) },
      { name: "requests", bucket, autoProcess: false }
    )
    // what its coordinator's request strategy does, not blocking
    memory.on("update", (transform: RecordTransform) => {
      void requests.push({ type: "update", id: transform.id, data: transform })
    })
    await requests.reified
    return {
      accept: async (change) => {
        const kept = new Promise<void>((resolve) => (bucket.onSet = resolve))
        await memory.update((transform) => edit(transform, change))
        await kept
      },
      rest: () => Promise.resolve(),
      pending: async () => requests.length,
      replay: () => requests.process(),
      close: async () => bucket.closeDB()
    }
  }
}
