// What an outbox needs of a store, and its tag.
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type { StorageError } from "../ClientError.js"
import type { Step } from "./step.js"

/**
 * The other stores that this device keeps.
 *
 * @since 0.1.0
 * @category services
 */
export interface Others {
  /** What the other stores are called; none where the device does not tell. */
  readonly names: Effect.Effect<ReadonlyArray<string>, StorageError>
  /**
   * Gives the one of that name, as long as the scope is open: none where there is none, or it is this one. None is
   * made, and none is changed by being opened.
   */
  readonly open: (name: string) => Effect.Effect<Option.Option<OutboxStoreService>, StorageError, Scope.Scope>
}

/**
 * A store: rows sorted by their keys, in the order of IndexedDB (numbers, then strings, then arrays), read and written in
 * transactions.
 *
 * @since 0.1.0
 * @category services
 */
export interface OutboxStoreService {
  /**
   * Runs a step as one transaction. It has happened as a whole when the effect succeeds, durably where it wrote, and
   * not at all when it fails; but see `OutboxStore.mayBeStored`. `step` makes the generator anew, should the
   * transaction have to be tried again. `mode` is `readonly` for a step that writes nothing. `name` says what the step
   * is for, for logs and tests.
   */
  readonly transact: <A>(
    name: string,
    mode: "readonly" | "readwrite",
    step: () => Step<A>
  ) => Effect.Effect<A, StorageError>
  /**
   * Calls `listener` whenever another connection may have changed the store. A step that wrote tells the other
   * connections from inside its transaction, after its writes: whoever hears it reads behind the commit.
   */
  readonly onHint: (listener: () => void) => Effect.Effect<void, never, Scope.Scope>
  /**
   * Gives whether it is promised that nothing is taken away for want of room; none where nobody says. It is asked as
   * the outbox starts, and asks the user nothing.
   */
  readonly persisted?: Effect.Effect<Option.Option<boolean>> | undefined
  /**
   * Asks for that promise, if need be the user, and gives the answer; none where nobody says. It is asked only when the
   * app says so.
   */
  readonly persist?: Effect.Effect<Option.Option<boolean>> | undefined
  /** The stores of other accounts and base URLs; missing where there can be none. */
  readonly others?: Others | undefined
}

/**
 * The tag of the store: `OutboxStore.layerIndexedDb` and `OutboxStore.layerMemory` provide it.
 *
 * @since 0.1.0
 * @category tags
 */
export class OutboxStore extends Context.Tag("effect-toggl-clients/OutboxStore")<OutboxStore, OutboxStoreService>() {}
