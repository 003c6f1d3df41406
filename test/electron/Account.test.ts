import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { bridge } from "../../examples/electron/bridge.ts"
import { channels } from "../../examples/electron/channels.ts"
import { start } from "../../examples/electron/desktop.ts"
import type { NetSession, Sender } from "../../examples/electron/electron.ts"
import { FakeToggl } from "../../src/testing/index.js"
import { from, keychain, play, type PlayOptions, settle, temporary } from "./Played.ts"

// Who is signed in, and who may say so: the scheme's API, and what goes over IPC.

const { defaultUser: user, defaultWorkspace: workspace } = FakeToggl
const page = from("app://clients/")

let place = temporary()
beforeEach(() => {
  place = temporary()
  place.write("dist/app/index.html", "the page")
})
afterEach(() => place.remove())

const started = async (options: Partial<PlayOptions> = {}) => {
  const toggl = await Effect.runPromise(FakeToggl.make())
  const net = (): NetSession => ({
    fetch: (url, init) => toggl.handler(new Request(url, init)),
    closeAllConnections: () => Promise.resolve()
  })
  const played = play({ folder: place.folder, net, ...options })
  await start(played.electron)
  const get = async (path: string, headers: Readonly<Record<string, string>> = {}, method = "GET") => {
    const answer = await played.request(new Request(`app://clients/api/${path}`, { method, headers }))
    const text = await answer.text()
    const body: unknown = text === "" ? undefined : JSON.parse(text)
    return { status: answer.status, body, headers: answer.headers }
  }
  return { ...played, toggl, get, signIn: (token: unknown) => played.invoke(page, channels.signIn, token) }
}

const session = {
  user: { id: user.id, name: user.fullName, email: user.email },
  workspaceId: workspace.id,
  isKept: true
}

describe("signing in", () => {
  it("tells who it is, keeps the token from the page, and outlives the app", async () => {
    const first = await started()
    assert.strictEqual((await first.get("session")).status, 401)
    assert.deepStrictEqual(await first.signIn(user.apiToken), { status: 200, body: session })
    const told = await first.get("session")
    assert.deepStrictEqual([told.status, told.body], [200, session])
    assert.strictEqual(told.headers.get("cache-control"), "no-store")
    assert.deepStrictEqual((await (await started()).get("session")).body, session)
  })

  it("that is in memory only says so, and ends with the app", async () => {
    const safeStorage = keychain({ backend: "basic_text" }).storage
    const first = await started({ safeStorage })
    assert.deepStrictEqual(await first.signIn(user.apiToken), { status: 200, body: { ...session, isKept: false } })
    assert.deepStrictEqual((await first.get("session")).body, { ...session, isKept: false })
    assert.strictEqual((await (await started({ safeStorage })).get("session")).status, 401)
  })

  it("with a token that Toggl does not know says why", async () => {
    const { get, signIn } = await started()
    const answer = await signIn("0000000000000000000000000000dead")
    assert.deepInclude(answer, { status: 401 })
    assert.match(JSON.stringify(answer), /Toggl does not know this token/)
    assert.strictEqual((await get("session")).status, 401)
  })

  it("offline says that Toggl cannot be reached", async () => {
    const net = (): NetSession => ({
      fetch: () => Promise.reject(new Error("net::ERR_INTERNET_DISCONNECTED")),
      closeAllConnections: () => Promise.resolve()
    })
    assert.deepInclude(await (await started({ net })).signIn(user.apiToken), { status: 502 })
  })

  it("signing out forgets the token, and its file", async () => {
    const { get, invoke, signIn } = await started()
    await signIn(user.apiToken)
    const file = join(place.folder, "appData/toggl-clients/session.json")
    assert.isTrue(existsSync(file))
    assert.deepStrictEqual(await invoke(page, channels.signOut), { status: 204, body: null })
    assert.deepStrictEqual([(await get("session")).status, existsSync(file)], [401, false])
  })

  it("signing out says where the file cannot be removed", async () => {
    const { get, invoke, signIn } = await started()
    await signIn(user.apiToken)
    place.write("appData/toggl-clients/session.json.new/inside", "")
    assert.deepInclude(await invoke(page, channels.signOut), { status: 500 })
    assert.strictEqual((await get("session")).status, 401)
  })
})

describe("the scheme's API", () => {
  it("asks Toggl for the app's pages, signed by main", async () => {
    const { get, signIn, toggl } = await started()
    await signIn(user.apiToken)
    for (const headers of [
      {},
      { origin: "app://clients" },
      { "sec-fetch-site": "same-origin" },
      { origin: "app://clients", "sec-fetch-site": "same-origin" }
    ]) {
      const answer = await get("toggl/me", { "x-effect-toggl-user": `${user.id}`, ...headers })
      assert.deepStrictEqual([answer.status, answer.body], [200, { id: user.id, default_workspace_id: workspace.id }])
    }
    const [request] = await Effect.runPromise(toggl.requests)
    assert.notInclude(JSON.stringify(request), "app://clients")
  })

  it("writes for them, too", async () => {
    const { request, signIn, toggl } = await started()
    await signIn(user.apiToken)
    const made = await request(
      new Request(`app://clients/api/toggl/workspaces/${workspace.id}/clients`, {
        method: "POST",
        headers: { origin: "app://clients", "x-effect-toggl-user": `${user.id}`, "content-type": "application/json" },
        body: `{"name":"Acme"}`
      })
    )
    assert.strictEqual(made.status, 200)
    const clients = await Effect.runPromise(toggl.clients(workspace.id))
    assert.deepStrictEqual(
      clients.map(({ name }) => name),
      ["Acme"]
    )
  })

  for (const headers of [
    { origin: "https://evil.test" },
    { origin: "app://other" },
    { origin: "app://clients.evil.test" },
    { origin: "null" },
    { origin: "" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "none" },
    { origin: "app://clients", "sec-fetch-site": "cross-site" }
  ]) {
    it(`answers no other page: ${JSON.stringify(headers)}`, async () => {
      const { get, signIn, toggl } = await started()
      await signIn(user.apiToken)
      await Effect.runPromise(toggl.clearRequests)
      assert.strictEqual((await get("session", headers)).status, 403)
      assert.strictEqual((await get("toggl/me", { "x-effect-toggl-user": `${user.id}`, ...headers })).status, 403)
      assert.isEmpty(await Effect.runPromise(toggl.requests))
    })
  }

  it("takes no token: that goes over IPC", async () => {
    const { get } = await started()
    for (const method of ["POST", "DELETE", "PUT", "HEAD"]) {
      const answer = await get("session", { "x-toggl-clients": "1" }, method)
      assert.deepStrictEqual([answer.status, answer.headers.get("allow")], [405, "GET"])
    }
  })

  it("has nothing else", async () => {
    const { get } = await started()
    for (const path of ["", "demo", "sessions", "session/", "toggl", "togglx/me"]) {
      assert.strictEqual((await get(path)).status, 404, path)
    }
  })
})

describe("IPC refuses", () => {
  const senders: ReadonlyArray<readonly [string, Sender]> = [
    ["another site's page", from("https://evil.test/")],
    ["another host of the scheme", from("app://other/")],
    ["a host that begins like ours", from("app://clients.evil.test/")],
    ["our host on another port", from("app://clients:80/")],
    ["our host with a user", from("app://anna@clients/")],
    ["our host by another scheme", from("https://clients/")],
    ["a file", from("file:///app/clients/index.html")],
    ["an empty page", from("about:blank")],
    ["no address", from("")],
    ["a frame in our page", from("app://clients/", 1, true)],
    ["a frame that has gone", { senderFrame: null, sender: { id: 1 } }]
  ]
  for (const [who, sender] of senders) {
    it(who, async () => {
      const { get, invoke, signIn, toggl } = await started()
      const thrown = await invoke(sender, channels.signIn, user.apiToken).catch(String)
      assert.strictEqual(thrown, "Error: main refuses this message")
      assert.isEmpty(await Effect.runPromise(toggl.requests))
      await signIn(user.apiToken)
      assert.strictEqual(await invoke(sender, channels.signOut).catch(String), "Error: main refuses this message")
      assert.strictEqual((await get("session")).status, 200)
    })
  }

  const garbage: ReadonlyArray<ReadonlyArray<unknown>> = [
    [],
    [undefined],
    [null],
    [7],
    [true],
    [{}],
    [{ token: user.apiToken }],
    [[user.apiToken]],
    [Buffer.from(user.apiToken)],
    [""],
    ["a".repeat(1001)],
    [user.apiToken, undefined],
    [user.apiToken, user.apiToken],
    [{ toString: () => user.apiToken }]
  ]
  for (const args of garbage) {
    it(`a sign-in with ${JSON.stringify(args).slice(0, 60)}`, async () => {
      const { invoke, toggl } = await started()
      const thrown = await invoke(page, channels.signIn, ...args).catch(String)
      assert.strictEqual(thrown, "Error: main refuses this message")
      assert.isEmpty(await Effect.runPromise(toggl.requests))
    })
  }

  it("a sign-out with anything", async () => {
    const { invoke } = await started()
    assert.strictEqual(await invoke(page, channels.signOut, 1).catch(String), "Error: main refuses this message")
  })

  it("whatever has no name here", async () => {
    assert.deepStrictEqual((await started()).channels(), [channels.signIn, channels.signOut, channels.flushed])
  })

  for (const token of ["two words", "line\nbreak", "col:on", "ä"]) {
    it(`and the API refuses a token such as ${JSON.stringify(token)}`, async () => {
      const { signIn, toggl } = await started()
      assert.deepInclude(await signIn(token), { status: 400 })
      assert.isEmpty(await Effect.runPromise(toggl.requests))
    })
  }
})

describe("what a page gets", () => {
  const bridged = () => {
    const sent: Array<ReadonlyArray<unknown>> = []
    let hear: (event: object, ...args: Array<unknown>) => void = () => assert.fail("no one listens")
    const desktop = bridge({
      invoke: async (...args) => {
        sent.push(args)
        return "answered"
      },
      send: (...args) => void sent.push(args),
      on: (channel, listener) => {
        assert.strictEqual(channel, channels.flush)
        hear = listener
      }
    })
    return { desktop, sent, hear: (id: number) => hear({}, id) }
  }

  it("three functions, and what main answers", async () => {
    const { desktop, sent } = bridged()
    assert.hasAllKeys(desktop, ["signIn", "signOut", "onQuit"])
    assert.strictEqual(await desktop.signIn("abc"), "answered")
    assert.strictEqual(await desktop.signOut(), "answered")
    assert.deepStrictEqual(sent, [[channels.signIn, "abc"], [channels.signOut]])
  })

  it("main hears when all that is to be done before quitting is, or has failed", async () => {
    const { desktop, hear, sent } = bridged()
    let finish: () => void = () => assert.fail("not asked")
    desktop.onQuit(
      () =>
        new Promise<void>((resolve) => {
          finish = resolve
        })
    )
    desktop.onQuit(() => Promise.reject(new Error("closed")))
    desktop.onQuit(() => {
      throw new Error("at once")
    })
    hear(7)
    await settle()
    assert.isEmpty(sent)
    finish()
    await settle()
    assert.deepStrictEqual(sent, [[channels.flushed, 7]])
  })

  it("a page that has nothing to do, or no longer, answers at once", async () => {
    const { desktop, hear, sent } = bridged()
    desktop.onQuit(() => assert.fail("asked"))()
    hear(8)
    await settle()
    assert.deepStrictEqual(sent, [[channels.flushed, 8]])
  })
})
