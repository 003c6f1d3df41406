/**
 * On a server, with no outbox: prints the clients of a workspace. In an app, import from `effect-toggl-clients`.
 *
 * ```sh
 * TOGGL_API_TOKEN=... TOGGL_WORKSPACE_ID=... npx tsx examples/server.ts
 * ```
 *
 * @since 0.1.0
 */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { Client, ClientError, ClientsApi, Credentials } from "../src/index.js"

const workspaceId = Schema.Config("TOGGL_WORKSPACE_ID", Schema.compose(Schema.NumberFromString, Client.WorkspaceId))

const program = Effect.gen(function* () {
  const clients = yield* ClientsApi.list(yield* workspaceId, { status: "both" })
  yield* Effect.forEach(clients, ({ archived, id, name }) =>
    Console.log(`${id}  ${name}${archived ? "  (archived)" : ""}`)
  )
  yield* Console.log(`${clients.length} ${clients.length === 1 ? "client" : "clients"}`)
})

// TOGGL_API_TOKEN, or TOGGL_EMAIL and TOGGL_PASSWORD; TOGGL_BASE_URL where it is not Toggl's own
const Toggl = ClientsApi.layerConfig({ requestLimit: "10 seconds" }).pipe(
  Layer.provide([FetchHttpClient.layer, Credentials.layerConfig()])
)

process.exitCode = await program.pipe(
  Effect.provide(Toggl),
  Effect.as(0),
  // each error has a sentence that says what to do
  Effect.catchAll((error) => Effect.as(Console.error(ClientError.messageOf(error)), 1)),
  Effect.runPromise
)
