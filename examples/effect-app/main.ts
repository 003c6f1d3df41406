/**
 * An Effect app around the library: one runtime, settings from the configuration, an API that speaks the library's errors,
 * spans and metrics on the console.
 *
 * ```sh
 * npx tsx examples/fakeToggl.ts # prints the settings of a Toggl to try it with
 * TOGGL_ACCOUNT=ada TOGGL_API_TOKEN=... npx tsx examples/effect-app/main.ts
 * curl http://localhost:3000/workspaces/2230580/clients
 * ```
 *
 * @since 0.1.0
 */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Config from "effect/Config"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { createServer, type IncomingMessage, type Server } from "node:http"
import { ClientError, Outbox } from "../../src/index.js"
import { handler, Toggl } from "./App.js"
import { layerConsole, report } from "./Telemetry.js"

// One runtime for the app's life: the outbox sends for as long as it lives.
const app = ManagedRuntime.make(
  Toggl.pipe(Layer.provide(FetchHttpClient.layer), Layer.provideMerge(layerConsole((line) => console.log(line))))
)

/** Serves the handler until the scope closes. */
const serve = (handle: (request: Request) => Promise<Response>, port: number) =>
  Effect.acquireRelease(
    Effect.async<Server, Error>((resume) => {
      const server = createServer((incoming, outgoing) => {
        answer(handle, incoming, port).then(
          ({ body, headers, status }) => outgoing.writeHead(status, headers).end(body),
          () => outgoing.writeHead(500).end()
        )
      })
      server.once("error", (error) => resume(Effect.fail(error)))
      server.listen(port, () => resume(Effect.succeed(server)))
    }),
    (server) => Effect.sync(() => server.close())
  )

const answer = async (handle: (request: Request) => Promise<Response>, incoming: IncomingMessage, port: number) => {
  const { headers, method = "GET", url = "/" } = incoming
  const chunks: Array<Uint8Array> = []
  for await (const chunk of incoming) if (chunk instanceof Uint8Array) chunks.push(chunk)
  const request = new Request(new URL(url, `http://localhost:${port}`), {
    method,
    headers: { "content-type": headers["content-type"] ?? "" },
    ...(method === "GET" ? {} : { body: Buffer.concat(chunks) })
  })
  const response = await handle(request)
  return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() }
}

const program = Effect.gen(function* () {
  const port = yield* Config.withDefault(Config.integer("PORT"), 3000)
  const account = yield* Config.string("TOGGL_ACCOUNT")
  const { dispose, handler: handle } = yield* handler
  yield* Effect.addFinalizer(() => Effect.promise(dispose))
  yield* serve(handle, port)
  yield* Console.log(`The app listens on http://localhost:${port}`)
  yield* Effect.addFinalizer(() =>
    Effect.gen(function* () {
      const { waiting } = yield* Outbox.flush({ timeLimit: "5 seconds" })
      yield* Console.log(`${waiting.length} changes were not sent, and end with the process`)
      yield* report(account)
    }).pipe(Effect.catchAll((error) => Console.error(error.message)))
  )
  return yield* Effect.async<void>((resume) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resume(Effect.void))
  })
}).pipe(Effect.scoped)

process.exitCode = await program.pipe(
  Effect.provide(app),
  Effect.ensuring(app.disposeEffect),
  Effect.as(0),
  Effect.catchAll((error) =>
    Effect.as(
      Console.error("_op" in error || ClientError.isClientError(error) ? ClientError.messageOf(error) : error.message),
      1
    )
  ),
  Effect.runPromise
)
