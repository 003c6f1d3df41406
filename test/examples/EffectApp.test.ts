import { assert, describe, it } from "@effect/vitest"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpApiClient from "@effect/platform/HttpApiClient"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Api } from "../../examples/effect-app/Api.js"
import { handler, Toggl } from "../../examples/effect-app/App.js"
import { layerConsole } from "../../examples/effect-app/Telemetry.js"
import { Client, ClientError } from "../../src/index.js"
import { FakeToggl } from "../../src/testing/index.js"

// The example app, tested as its maker would: the fake Toggl in place of the service, and the API asked by its own client.

const workspaceId = Client.WorkspaceId.make(FakeToggl.defaultWorkspace.id)

const settings = ConfigProvider.fromMap(
  new Map([
    ["TOGGL_ACCOUNT", "ada"],
    ["TOGGL_API_TOKEN", FakeToggl.defaultUser.apiToken]
  ])
)

/** The app over a Toggl of its own, a client of its API, and the lines that its telemetry writes. */
const started = Effect.gen(function* () {
  const toggl = yield* FakeToggl.make()
  const lines: Array<string> = []
  const services = yield* Layer.build(
    Toggl.pipe(Layer.provide(toggl.layer), Layer.provideMerge(layerConsole((line) => lines.push(line))))
  )
  const { dispose, handler: handle } = yield* Effect.provide(handler, services)
  yield* Effect.addFinalizer(() => Effect.promise(dispose))
  const fetch: typeof globalThis.fetch = (input, init) => handle(new Request(input, init))
  const client = yield* HttpApiClient.make(Api, { baseUrl: "http://localhost" }).pipe(
    Effect.provide(FetchHttpClient.layer)
  )
  const asked = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.provideService(effect, FetchHttpClient.Fetch, fetch)
  return { toggl, client, asked, lines, handle }
}).pipe(Effect.withConfigProvider(settings))

describe("the example app", () => {
  it.scopedLive("gives what the library gives, through its schemas", () =>
    Effect.gen(function* () {
      const { asked, client, toggl } = yield* started
      const path = { workspaceId }
      const receipt = yield* asked(client.clients.create({ path, payload: { name: "Acme" } }))
      assert.strictEqual(receipt._tag, "Confirmed")
      const view = yield* asked(client.clients.view({ path }))
      assert.deepStrictEqual(
        view.clients.map(({ name }) => name),
        ["Acme"]
      )
      yield* toggl.setDown(true)
      const queued = yield* asked(client.clients.create({ path, payload: { name: "Beta" } }))
      assert.strictEqual(queued._tag, "Queued")
      assert.strictEqual((yield* asked(client.outbox.status())).waiting, 1)
    })
  )

  it.scopedLive("speaks the library's errors: the caller gets the class, with its message", () =>
    Effect.gen(function* () {
      const { asked, client, toggl } = yield* started
      const path = { workspaceId }
      yield* toggl.edit.createClient(workspaceId, { name: "Acme" })
      const taken = yield* Effect.flip(asked(client.clients.create({ path, payload: { name: "Acme" } })))
      assert.isTrue(ClientError.isInvalidName(taken) && taken.reason === "Taken")
      assert.include(taken.message, "Acme")
      const elsewhere = { workspaceId: Client.WorkspaceId.make(1) }
      const forbidden = yield* Effect.flip(asked(client.clients.view({ path: elsewhere })))
      assert.isTrue(ClientError.isForbidden(forbidden))
    })
  )

  it.scopedLive("answers with a status for each kind of error", () =>
    Effect.gen(function* () {
      const { handle, toggl } = yield* started
      const post = (body: unknown) =>
        Effect.promise(() =>
          handle(
            new Request(`http://localhost/workspaces/${workspaceId}/clients`, {
              method: "POST",
              headers: { "content-type": "application/json" },
              body: JSON.stringify(body)
            })
          )
        )
      assert.strictEqual((yield* post({ name: "" })).status, 422)
      assert.strictEqual((yield* post({ notes: "no name" })).status, 400)
      yield* toggl.setDown(true)
      const view = yield* Effect.promise(() =>
        handle(new Request(`http://localhost/workspaces/${workspaceId}/clients`))
      )
      assert.strictEqual(view.status, 503)
    })
  )

  it.scopedLive("writes a line for each span: a run is linked to whose change it sends", () =>
    Effect.gen(function* () {
      const { asked, client, lines } = yield* started
      yield* asked(client.clients.create({ path: { workspaceId }, payload: { name: "Acme" } }))
      yield* Effect.yieldNow()
      assert.isTrue(lines.some((line) => line.startsWith("span ClientsApi.create")))
      assert.isTrue(
        lines.some((line) => /^span Outbox\.run.*linked to Clients\.create/.test(line)),
        lines.join("\n")
      )
    })
  )
})
