import { assert, describe, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import {
  Client,
  ClientError,
  Clients,
  ClientsApi,
  Connectivity,
  Credentials,
  OutboxStore,
  ReplayLock
} from "../../src/index.js"
import { FakeToggl } from "../../src/testing/index.js"

// The services put together: from settings as they are, and from the configuration.

const workspaceId = Client.WorkspaceId.make(FakeToggl.defaultWorkspace.id)
const ada = Credentials.token(FakeToggl.defaultUser.apiToken)

const Ports = Layer.mergeAll(
  FakeToggl.layer(),
  Credentials.layer(ada),
  Connectivity.layerAlwaysOnline,
  OutboxStore.layerMemory,
  Layer.effect(ReplayLock.ReplayLock, ReplayLock.makePrivate)
)

const set = (settings: Record<string, string>) =>
  Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(settings))))

describe("Clients.layerConfig", () => {
  const created = (options?: Clients.ClientsConfig) =>
    Clients.create(workspaceId, { name: "Acme" }).pipe(
      Effect.provide(Clients.layerConfig(options).pipe(Layer.provide(Ports)))
    )

  it.effect("reads the account and the base URL unless they are given", () =>
    Effect.gen(function* () {
      const receipt = yield* created().pipe(
        set({ TOGGL_ACCOUNT: "anna", TOGGL_BASE_URL: "https://example.com/api/v9" })
      )
      assert.strictEqual(receipt._tag, "Confirmed")
      assert.strictEqual((yield* created({ account: "anna" }).pipe(set({})))._tag, "Confirmed")
    })
  )

  it.effect("takes each setting as it is or as a Config, and undefined as not given", () =>
    Effect.gen(function* () {
      const receipt = yield* created({
        account: Config.string("WHO"),
        patience: Config.duration("PATIENCE"),
        reserve: undefined,
        merge: Config.boolean("MERGE").pipe(Config.withDefault(true)),
        requestLimit: "10 seconds"
      }).pipe(set({ WHO: "anna", PATIENCE: "2 seconds" }))
      assert.strictEqual(receipt._tag, "Confirmed")
    })
  )

  it.effect("says in a sentence what is missing, and what makes no sense", () =>
    Effect.gen(function* () {
      const told = (options: Clients.ClientsConfig, settings: Record<string, string>) =>
        Effect.map(
          Effect.flip(Layer.build(Clients.layerConfig(options).pipe(Layer.provide(Ports))).pipe(set(settings))),
          ClientError.messageOf
        )
      assert.strictEqual(yield* told({}, {}), "TOGGL_ACCOUNT: it is not set")
      assert.match(yield* told({}, { TOGGL_ACCOUNT: " " }), /^account: /)
      assert.match(yield* told({ account: "anna" }, { TOGGL_BASE_URL: "http://example.com" }), /^baseUrl: /)
      assert.strictEqual(
        yield* told({ account: "anna", patience: Config.duration("P") }, { P: "soon" }),
        "P: it cannot be used (Expected a duration)"
      )
    }).pipe(Effect.scoped)
  )
})

describe("ClientsApi.layerConfig", () => {
  const api = (options?: ClientsApi.ClientsApiConfig) =>
    ClientsApi.ClientsApi.pipe(Effect.provide(ClientsApi.layerConfig(options).pipe(Layer.provide(Ports))))

  it.effect("is Toggl's own where nothing is set, and reads what it is given", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* api().pipe(set({}))).baseUrl, "https://api.track.toggl.com/api/v9")
      const other = yield* api({ baseUrl: Config.string("URL"), requestLimit: Config.duration("LIMIT") }).pipe(
        set({ URL: "https://example.com/toggl/", LIMIT: "3 seconds" })
      )
      assert.deepStrictEqual(
        [other.baseUrl, Duration.toMillis(other.requestLimit)],
        ["https://example.com/toggl", 3000]
      )
    })
  )

  it.effect("does not go to Toggl where the Config that it was given is not set", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(api({ baseUrl: Config.string("URL") }).pipe(set({})))
      assert.strictEqual(ClientError.messageOf(error), "URL: it is not set")
    })
  )
})

describe("Clients.layerBrowserHttpClient", () => {
  it.live("sends by the HttpClient that is provided", () =>
    Effect.gen(function* () {
      const toggl = yield* FakeToggl.make()
      // there is no IndexedDB in Node: what cannot be stored is tried at once
      const receipt = yield* Clients.create(workspaceId, { name: "Acme" }).pipe(
        Effect.provide(
          Clients.layerBrowserHttpClient({ account: "anna", credentials: ada }).pipe(Layer.provide(toggl.layer))
        )
      )
      assert.strictEqual(receipt._tag, "Confirmed")
      assert.deepStrictEqual(
        (yield* toggl.clients(workspaceId)).map(({ name }) => name),
        ["Acme"]
      )
    })
  )
})

describe("the base URL that names a database", () => {
  it("is the one that the library uses, however it was spelt", () => {
    const nameOf = (url: string) =>
      Either.map(Clients.resolveBaseUrl(url), (resolved) => Clients.databaseName("anna", resolved))
    assert.deepStrictEqual(nameOf("https://example.com/toggl/"), nameOf("https://EXAMPLE.com/toggl"))
    assert.deepStrictEqual(Either.getOrThrow(Clients.resolveBaseUrl()), "https://api.track.toggl.com/api/v9")
    assert.isTrue(Either.isLeft(nameOf("http://example.com/toggl")))
  })
})
