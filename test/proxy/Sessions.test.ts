import { assert, describe, it } from "@effect/vitest"
import { before, clients, fakeUpstream, request, saying, session, told, user, verdict } from "./Asking.js"

// Whose a request is, and who may ask at all.

const ofUser = String(user.id)

describe("a request is signed only for the user whom it names", () => {
  it("the session's user, whose answer says who signed it", async () => {
    const toggl = await fakeUpstream()
    const answer = await told(before(toggl)(request("GET", clients)))
    assert.deepStrictEqual([answer.status, answer.text, answer.user, answer.mark], [200, "[]", ofUser, null])
    const [sent] = toggl.sent
    assert.strictEqual(sent?.headers["authorization"], `Basic ${btoa(`${session.token}:api_token`)}`)
  })

  it("whoever is signed in, where the store is nobody's yet", async () => {
    const answer = await told(before(await fakeUpstream())(request("GET", "/me", { user: "unknown" })))
    assert.deepStrictEqual(
      [answer.status, answer.user, answer.text],
      [200, ofUser, `{"id":${ofUser},"default_workspace_id":2230580}`]
    )
  })

  it("another user's is refused, and nothing leaves", async () => {
    const toggl = saying("[]")
    const answer = await told(before(toggl)(request("GET", clients, { user: "7" })))
    assert.deepStrictEqual([answer.status, answer.mark, answer.user], [403, "WrongAccount", null])
    assert.isEmpty(toggl.sent)
  })

  for (const nobody of [undefined, null]) {
    it(`nobody is signed in (${nobody}): sign in first`, async () => {
      const toggl = saying("[]")
      const answer = await told(before(toggl, { credentials: () => nobody })(request("GET", "/me")))
      assert.deepStrictEqual([answer.status, answer.mark, answer.user], [401, "SignInNeeded", null])
      assert.isEmpty(toggl.sent)
    })
  }

  it("the answers of Toggl that refuse it say who signed, too", async () => {
    const answer = await told(before(saying("", { status: 403 }))(request("DELETE", `${clients}/7`)))
    assert.deepStrictEqual([answer.status, answer.user, answer.mark], [403, ofUser, null])
  })

  it("credentials may be given later, and beside other things", async () => {
    const credentials = () => Promise.resolve({ ...session, status: "admin", problem: "none" })
    assert.deepStrictEqual(await verdict(before(await fakeUpstream(), { credentials })(request("GET", clients))), [
      200,
      null
    ])
  })
})

describe("credentials that cannot be given", () => {
  const thrown = "the vault at 10.0.0.7 is sealed"
  for (const [how, credentials] of [
    ["throw", () => assert.fail(thrown)],
    ["reject", () => Promise.reject(new Error(thrown))]
  ] as const) {
    it(`${how}: the app cannot tell now, and does not say why`, async () => {
      const toggl = saying("[]")
      const answer = await told(before(toggl, { credentials })(request("GET", "/me")))
      assert.deepStrictEqual([answer.status, answer.mark], [503, "CredentialsUnavailable"])
      assert.notInclude(JSON.stringify(answer), "10.0.0.7")
      assert.isEmpty(toggl.sent)
    })
  }

  const wrong: ReadonlyArray<readonly [string, unknown]> = [
    ["a token with a line break", { ...session, token: `${session.token}\r\nX-Evil: 1` }],
    ["a token with a control character", { ...session, token: `${session.token}\u0000` }],
    ["a token with a colon", { ...session, token: `${session.token}:password` }],
    ["a token beyond ASCII", { ...session, token: `${session.token}ä` }],
    ["a token with a space", { ...session, token: ` ${session.token}` }],
    ["an empty token", { ...session, token: "" }],
    ["no token", { userId: session.userId }],
    ["no user", { token: session.token }],
    ["user 0", { ...session, userId: 0 }],
    ["a negative user", { ...session, userId: -1 }],
    ["a half user", { ...session, userId: 1.5 }],
    ["a user beyond what a number holds", { ...session, userId: 2 ** 53 }],
    ["no number", { ...session, userId: NaN }],
    ["a text", session.token],
    ["a number", 7]
  ]
  for (const [what, given] of wrong) {
    it(`${what}: it is told that they are wrong, without them`, async () => {
      const toggl = saying("[]")
      // @ts-expect-error: what JavaScript may give
      const handler = before(toggl, { credentials: () => given })
      const answer = await told(handler(request("GET", "/me", { user: "unknown" })))
      assert.deepStrictEqual([answer.status, answer.mark], [500, "InvalidConfiguration"])
      assert.notInclude(JSON.stringify(answer), session.token)
      assert.isEmpty(toggl.sent)
    })
  }
})

describe("a request that no page of ours can have sent is refused", () => {
  for (const method of ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"]) {
    for (const header of [
      null,
      "",
      "0",
      "-7",
      "07",
      "+7",
      "7.0",
      "0x7",
      "7, 7",
      "seven",
      "Unknown",
      "9007199254740993"
    ]) {
      it(`${method} with ${header === null ? "no user" : `user "${header}"`}`, async () => {
        const toggl = saying("[]")
        const credentials = () => assert.fail("the app is asked whose it is")
        const path = method === "GET" || method === "POST" ? clients : `${clients}/7`
        const answer = await told(before(toggl, { credentials })(request(method, path, { user: header })))
        assert.deepStrictEqual([answer.status, answer.mark], [400, "InvalidConfiguration"])
        assert.isEmpty(toggl.sent)
      })
    }
  }

  const own = { origin: "https://app.test" }
  const askers: ReadonlyArray<readonly [string, Readonly<Record<string, string>>, boolean]> = [
    ["a browser says same-origin", { "sec-fetch-site": "same-origin", ...own }, true],
    ["a browser says same-origin, without an Origin", { "sec-fetch-site": "same-origin" }, true],
    [
      "TLS ends elsewhere, and a browser says same-origin",
      { "sec-fetch-site": "same-origin", origin: "https://shown" },
      true
    ],
    ["a browser says same-site", { "sec-fetch-site": "same-site", origin: "https://other.app.test" }, false],
    ["a browser says cross-site", { "sec-fetch-site": "cross-site", origin: "https://evil.test" }, false],
    ["a browser says cross-site of our own origin", { "sec-fetch-site": "cross-site", ...own }, false],
    ["a browser says none", { "sec-fetch-site": "none" }, false],
    ["a browser says something new", { "sec-fetch-site": "same-planet", ...own }, false],
    ["an old browser, and our origin", own, true],
    ["an old browser, and none", {}, true],
    ["an old browser, and another origin", { origin: "https://evil.test" }, false],
    ["an old browser, and our host by http", { origin: "http://app.test" }, false],
    ["an old browser, and our host on another port", { origin: "https://app.test:8443" }, false],
    ["an old browser, and a name that begins like ours", { origin: "https://app.test.evil.test" }, false],
    ["a sandboxed frame", { origin: "null" }, false]
  ]
  for (const [who, headers, isLetIn] of askers) {
    it(`${who}: ${isLetIn ? "let in" : "refused"}`, async () => {
      const toggl = saying("[]")
      const answer = await told(before(toggl)(request("GET", clients, { headers })))
      assert.deepStrictEqual([answer.status, answer.mark], isLetIn ? [200, null] : [400, "InvalidConfiguration"])
      assert.lengthOf(toggl.sent, isLetIn ? 1 : 0)
      assert.notInclude(JSON.stringify(answer.headers), "access-control")
      assert.notProperty(answer.headers, "vary")
    })
  }
})

describe("origins that the app names", () => {
  const app = "https://elsewhere.test"
  const origins = [app, "app://bundle"]
  const cross = { origin: app, "sec-fetch-site": "cross-site" }
  const asksLeave = {
    origin: app,
    "access-control-request-method": "PUT",
    "access-control-request-headers": "content-type,x-effect-toggl-user,x-session"
  }

  it("may ask for leave, and get it for the methods and headers that they need", async () => {
    const toggl = saying("[]")
    const handler = before(toggl, { origins, credentials: () => assert.fail("asked") })
    const answer = await told(handler(request("OPTIONS", `${clients}/7`, { user: null, headers: asksLeave })))
    assert.deepStrictEqual([answer.status, answer.text, answer.mark], [204, "", null])
    const { headers } = answer
    assert.strictEqual(headers["access-control-allow-origin"], app)
    assert.strictEqual(headers["access-control-allow-credentials"], "true")
    assert.strictEqual(headers["access-control-allow-methods"], "GET, POST, PUT, DELETE")
    assert.strictEqual(headers["access-control-allow-headers"], "content-type,x-effect-toggl-user,x-session")
    assert.strictEqual(headers["vary"], "Origin")
    assert.isEmpty(toggl.sent)
  })

  it("may ask, and read all that the proxy passes on", async () => {
    const toggl = await fakeUpstream({ quotaPerHour: 30 })
    const answer = await told(before(toggl, { origins })(request("GET", clients, { headers: cross })))
    assert.deepStrictEqual([answer.status, answer.mark], [200, null])
    assert.strictEqual(answer.headers["access-control-allow-origin"], app)
    assert.strictEqual(answer.headers["vary"], "Origin")
    const exposed = answer.headers["access-control-expose-headers"]?.split(",") ?? []
    assert.includeMembers(exposed, ["x-effect-toggl-user", "x-toggl-request-id", "x-toggl-quota-remaining", "date"])
  })

  it("may read the proxy's own answers, with their mark", async () => {
    const handler = before(saying("[]"), { origins, credentials: () => null })
    const answer = await told(handler(request("GET", clients, { headers: cross })))
    assert.deepStrictEqual([answer.status, answer.mark], [401, "SignInNeeded"])
    assert.strictEqual(answer.headers["access-control-allow-origin"], app)
    assert.include(answer.headers["access-control-expose-headers"], "x-effect-toggl-proxy")
  })

  it("need our header all the same", async () => {
    const toggl = saying("[]")
    const answer = await told(before(toggl, { origins })(request("GET", clients, { user: null, headers: cross })))
    assert.deepStrictEqual([answer.status, answer.mark], [400, "InvalidConfiguration"])
    assert.isEmpty(toggl.sent)
  })

  it("may be of an app's own scheme, as in Electron", async () => {
    const headers = { origin: "app://bundle", "sec-fetch-site": "cross-site" }
    const answer = await told(before(saying("[]"), { origins })(request("GET", clients, { headers })))
    assert.deepStrictEqual([answer.status, answer.headers["access-control-allow-origin"]], [200, "app://bundle"])
  })

  for (const other of ["https://evil.test", "http://elsewhere.test", "https://elsewhere.test.evil.test", "null", "*"]) {
    it(`are exact: ${other} gets no leave, and nothing of it is sent`, async () => {
      const toggl = saying("[]")
      const handler = before(toggl, { origins })
      const leave = request("OPTIONS", clients, { user: null, headers: { ...asksLeave, origin: other } })
      for (const asked of [leave, request("GET", clients, { headers: { ...cross, origin: other } })]) {
        const answer = await told(handler(asked))
        assert.deepStrictEqual([answer.status, answer.mark], [400, "InvalidConfiguration"])
        assert.notInclude(JSON.stringify(answer.headers), "access-control")
        assert.strictEqual(answer.headers["vary"], "Origin")
      }
      assert.isEmpty(toggl.sent)
    })
  }

  it("are none unless they are named: nobody gets leave", async () => {
    const answer = await told(before(saying("[]"))(request("OPTIONS", clients, { user: null, headers: asksLeave })))
    assert.deepStrictEqual([answer.status, answer.mark], [400, "InvalidConfiguration"])
    assert.notInclude(JSON.stringify(answer.headers), "access-control")
  })
})
