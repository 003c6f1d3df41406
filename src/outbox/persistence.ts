// Whether the browser has promised to keep the store, and asking it to.
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Instance } from "../instance/instance.js"
import { logDefect } from "../instance/watched.js"
import type { OutboxStoreService as Store } from "../store/service.js"

export interface Persistence {
  /** Hears what the browser says now, as the status is to tell it. The user is asked nothing. */
  readonly look: Effect.Effect<void>
  /** Asks the browser, which may ask the user, and gives its answer; none where nobody says. */
  readonly persist: Effect.Effect<Option.Option<boolean>>
}

export const make = (
  { mirror, tab }: Instance,
  { persist = Effect.succeedNone, persisted = Effect.succeedNone }: Pick<Store, "persist" | "persisted">
): Persistence => {
  let answers = 0
  const tell = (said: Option.Option<boolean>) =>
    Effect.suspend(() => {
      const persisted = Option.getOrUndefined(said)
      if (persisted === undefined || persisted === tab.persisted) return Effect.void
      tab.persisted = persisted
      return mirror.changed
    })
  return {
    look: Effect.suspend(() => {
      const before = answers
      // what was asked for since then is the newer answer
      return Effect.flatMap(persisted, (said) => (answers === before ? tell(said) : Effect.void))
    }).pipe(Effect.catchAllDefect((defect) => logDefect("what tells whether the store is kept", defect))),
    persist: Effect.tap(persist, (said) => {
      answers += 1
      return tell(said)
    })
  }
}
