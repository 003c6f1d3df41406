/**
 * A Toggl to try `server.ts` against, over HTTP on loopback:
 *
 * ```sh
 * npx tsx examples/fakeToggl.ts
 * ```
 *
 * It prints the settings that make `server.ts` talk to it, and runs until it is stopped. Of the web handler that the
 * fake is, any server can be made; this one is the tests' own.
 *
 * @since 0.1.0
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { FakeToggl } from "../src/testing/index.js"
import * as PageServer from "../test/browser/PageServer.js"

const { apiToken } = FakeToggl.defaultUser
const { id: workspaceId } = FakeToggl.defaultWorkspace

const program = Effect.gen(function* () {
  const fake = yield* FakeToggl.make()
  yield* fake.edit.createClient(workspaceId, { name: "Acme" })
  yield* fake.edit.createClient(workspaceId, { name: "Globex", notes: "net 30" })
  const { url } = yield* PageServer.serve({ pages: {}, mounts: { "/api/v9": fake.handler } })
  yield* Console.log("A fake Toggl listens. In another terminal:")
  yield* Console.log(
    `TOGGL_BASE_URL=${url("/api/v9")} TOGGL_API_TOKEN=${apiToken} TOGGL_WORKSPACE_ID=${workspaceId} npx tsx examples/server.ts`
  )
  return yield* Effect.never
}).pipe(Effect.scoped)

const fiber = Effect.runFork(program)
process.once("SIGINT", () => Effect.runFork(Fiber.interrupt(fiber)))
process.once("SIGTERM", () => Effect.runFork(Fiber.interrupt(fiber)))
