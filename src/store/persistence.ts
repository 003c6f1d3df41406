// What the browser promises about keeping what is stored: `navigator.storage`.
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

// What is missing, throws, or answers neither yes nor no, says nothing.
const answer = (ask: (storage: StorageManager) => Promise<boolean>): Effect.Effect<Option.Option<boolean>> =>
  Effect.tryPromise((): Promise<unknown> => ask(navigator.storage)).pipe(
    Effect.option,
    Effect.map(Option.filter((said) => typeof said === "boolean"))
  )

export const persisted: Effect.Effect<Option.Option<boolean>> = /*#__PURE__*/ answer((storage) => storage.persisted())

// A worker may not ask, only see what the page was promised.
export const persist: Effect.Effect<Option.Option<boolean>> = /*#__PURE__*/ Effect.suspend(() =>
  "document" in globalThis ? answer((storage) => storage.persist()) : persisted
)
