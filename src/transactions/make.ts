// Every step as an effect over a store.
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { uuid } from "../ids.js"
import type { OutboxStoreService } from "../store/service.js"
import type { Step } from "../store/step.js"
import { accept, claim, find, load, signOut, standing } from "./accept.js"
import { readCopy, storeClient, storeList } from "./copy.js"
import { mark } from "./mark.js"
import { handOver, importRows, receive, survey, take } from "./move.js"
import { confirm, kept, release } from "./moved.js"
import { outcome, prune } from "./outcomes.js"
import { changeState, purge } from "./queue.js"
import { getDoubt } from "./rows.js"
import { adopt, claimRefusal, discard, retry } from "./repair.js"
import { book, settle } from "./settle.js"
import { Notes, type Written } from "./written.js"

/**
 * The steps, each one transaction of the store. They are described where they stand. `onWritten` hears what each has
 * written into the copies, as soon as it is stored.
 */
export const make = (store: OutboxStoreService, onWritten: (written: Written) => void = () => undefined) => {
  const read =
    <Args extends ReadonlyArray<unknown>, A>(name: string, step: (...args: Args) => Step<A>) =>
    (...args: Args) =>
      store.transact(name, "readonly", () => step(...args))

  const write =
    <Args extends ReadonlyArray<unknown>, A>(name: string, step: (...args: Args) => Step<A>) =>
    (...args: Args) =>
      store.transact(name, "readwrite", () => step(...args))

  // A step that makes the queue's state anew gives the store an id that none has had before. One that only reads finds an
  // empty store without an id.
  const writeState =
    <Args extends ReadonlyArray<unknown>, A>(name: string, step: (newStoreId: string, ...args: Args) => Step<A>) =>
    (...args: Args) =>
      Effect.flatMap(uuid, (newStoreId) => {
        const notes = new Notes()
        const noted = store.transact(name, "readwrite", () => notes.of(step(newStoreId, ...args)))
        return Effect.map(noted, (result) => {
          const written = notes.written()
          if (written !== undefined) onWritten(written)
          return result
        })
      })

  return {
    load: read("load", load)(""),
    standing: (last: number) => read("standing", standing)("", last),
    accept: write("accept", accept),
    find: read("find", find),
    claim: writeState("claim", claim),
    signOut: writeState("signOut", signOut)(),
    mark: writeState("mark", mark),
    settle: writeState("settle", settle),
    book: writeState("book", book),
    changeState: writeState("changeState", changeState),
    claimRefusal: writeState("claimRefusal", claimRefusal),
    retry: writeState("retry", retry),
    discard: writeState("discard", discard),
    adopt: writeState("adopt", adopt),
    outcome: read("outcome", outcome),
    importRows: writeState("importRows", importRows),
    take: writeState("take", take),
    kept: read("kept", kept)(),
    release: write("release", release),
    confirm: write("confirm", confirm),
    survey: read("survey", survey)(""),
    handOver: writeState("handOver", handOver),
    receive: writeState("receive", receive),
    prune: write("prune", prune),
    copy: (workspaceId: number) => read("copy", readCopy)("", workspaceId),
    doubt: read("doubt", getDoubt),
    storeList: writeState("storeList", storeList),
    storeClient: writeState("storeClient", storeClient),
    purge: Effect.flatMap(Clock.currentTimeMillis, writeState("purge", purge))
  }
}

export interface Transactions extends ReturnType<typeof make> {}
