// The other databases that this browser keeps for this origin.
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { StorageError } from "../ClientError.js"
import { isThere } from "./connection.js"
import { stalled, toStorageError } from "./failure.js"
import * as indexedDb from "./indexedDb.js"
import type { Others } from "./service.js"

const openingLimit = "5 seconds"

const fromPromise = <A>(promise: () => Promise<A>): Effect.Effect<A, StorageError> =>
  Effect.tryPromise({ try: promise, catch: toStorageError }).pipe(
    Effect.timeoutFail({ duration: openingLimit, onTimeout: () => stalled })
  )

// A browser without IndexedDB has no other database either, and one without this call does not tell.
const listed = (factory: Partial<IDBFactory> | null | undefined): Promise<ReadonlyArray<IDBDatabaseInfo>> =>
  factory?.databases === undefined ? Promise.resolve([]) : factory.databases()

/** All but the one that is called `own`. */
export const make = (own: string, limit: Parameters<typeof indexedDb.make>[1]): Others => ({
  names: Effect.map(
    fromPromise(() => listed(globalThis.indexedDB)),
    (databases) => databases.flatMap(({ name }) => (name === undefined || name === own ? [] : [name]))
  ),
  open: (name) =>
    Effect.gen(function* () {
      if (name === own || !(yield* fromPromise(() => isThere(name)))) return Option.none()
      return Option.some(yield* indexedDb.make(name, limit, "Existing"))
    })
})
