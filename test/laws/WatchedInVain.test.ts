import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as Stream from "effect/Stream"
import { opened, withAcme } from "../Requests.js"
import { law, type Tab, workspaceId } from "../World.js"

// Law 12: a watch that can show nothing true shows nothing, and says so.

// What a caller without types may hand in.
const anything: ReadonlyArray<unknown> = [0, 1.5, Number.NaN, Infinity, "7", undefined, null, {}]

const watched = (tab: Tab, ...args: ReadonlyArray<unknown>) =>
  Effect.gen(function* () {
    const said: Array<string> = []
    const logger = Logger.make(({ logLevel, message }) => {
      said.push(`${logLevel.label} ${String(message)}`)
    })
    const watch: unknown = Reflect.apply(tab.clients.watch, undefined, args)
    if (!isStream(watch)) return assert.fail("it is a stream")
    const shown = yield* Stream.runCollect(watch).pipe(Effect.provide(Logger.replace(Logger.defaultLogger, logger)))
    return { said, shown: [...shown] }
  })

const isStream = (value: unknown): value is Stream.Stream<unknown> =>
  typeof value === "object" && value !== null && Stream.StreamTypeId in value

describe("a watch", () => {
  law("of what is no workspace shows nothing, ends, and says so once in the log", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      for (const id of anything) {
        const { said, shown } = yield* watched(tab, id)
        assert.deepStrictEqual(shown, [])
        assert.lengthOf(said, 1)
        assert.match(said[0] ?? "", /^WARN nothing can be watched/)
      }
    })
  )

  law("with a filter that is none does the same", (world) =>
    Effect.gen(function* () {
      const { tab } = yield* withAcme(world)
      const { said, shown } = yield* watched(tab, workspaceId, { status: "gone" })
      assert.deepStrictEqual([shown, said.length], [[], 1])
    })
  )
})
