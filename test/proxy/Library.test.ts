import { assert, describe, it } from "@effect/vitest"
import type * as HttpClient from "@effect/platform/HttpClient"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Client, ClientsApi, Credentials } from "../../src/index.js"
import { FakeToggl } from "../../src/testing/index.js"
import { before, fakeUpstream, origin, prefix, user, type Upstream } from "./Asking.js"

// The library on one side and Toggl on the other: each of its requests gets through, and is answered as without a proxy.

const workspaceId = Client.WorkspaceId.make(FakeToggl.defaultWorkspace.id)

const through = (toggl: Pick<Upstream, "fetch">) => {
  const handler = before(toggl)
  const fetch = Layer.succeed(FetchHttpClient.Fetch, (input, init) => handler(new Request(input, init)))
  const Http: Layer.Layer<HttpClient.HttpClient> = Layer.provideMerge(FetchHttpClient.layer, fetch)
  const header = { name: "x-effect-toggl-user", value: String(user.id) }
  const SignedIn = Credentials.layer(Credentials.proxy({ header }))
  return ClientsApi.layer({ baseUrl: `${origin}${prefix}` }).pipe(Layer.provide([Http, SignedIn]))
}

const everything = Effect.gen(function* () {
  const acme = yield* ClientsApi.create(workspaceId, { name: "Äcme & Söhne?", notes: "n#t %31" })
  const other = yield* ClientsApi.create(workspaceId, { name: "Other" })
  const updated = yield* ClientsApi.update(workspaceId, acme.id, { name: "Äcme", notes: "" })
  const archived = yield* ClientsApi.archive(workspaceId, acme.id)
  const listed = yield* ClientsApi.list(workspaceId, { status: "both", name: "Ä" })
  const past = yield* ClientsApi.listWithReport(workspaceId, { status: "both" }, { pastCaches: {} })
  const restored = yield* ClientsApi.restore(workspaceId, acme.id)
  const restoredToo = yield* ClientsApi.restore(workspaceId, acme.id, { restoreAllProjects: true })
  const got = yield* ClientsApi.get(workspaceId, acme.id)
  const gotPast = yield* ClientsApi.get(workspaceId, acme.id, { pastCaches: {} })
  const archivedMany = yield* ClientsApi.archiveMany(workspaceId, [acme.id, other.id])
  yield* ClientsApi.deleteMany(workspaceId, [other.id])
  yield* ClientsApi.delete(workspaceId, acme.id)
  const missing = yield* Effect.flip(ClientsApi.get(workspaceId, acme.id))
  const taken = yield* Effect.zipRight(
    ClientsApi.create(workspaceId, { name: "Twice" }),
    Effect.flip(ClientsApi.create(workspaceId, { name: "Twice" }))
  )
  return {
    clients: [acme, other, updated, ...listed, ...past.clients, restored, restoredToo, got, gotPast].map(
      ({ id, name, notes }) => [id, name, notes]
    ),
    archived: [archived, archivedMany],
    failures: [missing._tag, taken._tag, String(missing), String(taken)]
  }
})

describe("the library through the proxy", () => {
  it("hears what it hears without one", async () => {
    const options: FakeToggl.FakeTogglInput = { bulkEndpoints: true }
    const toggl = await fakeUpstream(options)
    const proxied = await Effect.runPromise(Effect.provide(everything, through(toggl)))
    const Direct = ClientsApi.layer().pipe(
      Layer.provide([FakeToggl.layer(options), Credentials.layer(Credentials.token(FakeToggl.defaultUser.apiToken))])
    )
    assert.deepStrictEqual(proxied, await Effect.runPromise(Effect.provide(everything, Direct)))
    assert.lengthOf(toggl.sent, 16)
  })

  it("is told apart what it tells apart: a 403 is looked into, with the same signature", async () => {
    const toggl = await fakeUpstream({ workspaces: [{ ...FakeToggl.defaultWorkspace, members: [] }] })
    const error = await Effect.runPromise(Effect.flip(Effect.provide(ClientsApi.list(workspaceId), through(toggl))))
    assert.strictEqual(error._tag, "Forbidden")
    assert.deepStrictEqual(
      toggl.sent.map(({ url }) => new URL(url).pathname),
      [`/api/v9/workspaces/${workspaceId}/clients`, "/api/v9/me/logged"]
    )
  })
})
