import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { before, clients, prefix, request, saying, session, told, user, type Asking } from "./Asking.js"

// What is let through, as what it arrives at Toggl, and what comes back.

const base = "https://api.track.toggl.com/api/v9"
const client = `${clients}/64890001`
const uuid = "0b4a3c2e-8f1d-4a6b-9c3e-5d7f1a2b3c4d"

const asked = async (method: string, path: string, asking?: Asking) => {
  const toggl = saying("[]")
  const { mark, status } = await told(before(toggl)(request(method, path, asking)))
  return { mark, status, sent: toggl.sent }
}

describe("what the library asks is let through", () => {
  const json = JSON.stringify({ name: "Äcme & Söhne", wid: 2230580 })
  for (const [method, path, body] of [
    ["GET", "/me"],
    ["GET", "/me/logged"],
    ["GET", clients],
    ["GET", `${clients}?status=both`],
    ["GET", `${clients}?status=both&name=A%26B+C`],
    ["GET", `${clients}?name=%C3%84`],
    ["GET", `${clients}?status=both&_=${uuid}`],
    ["POST", clients, json],
    ["POST", `${clients}/archive`, "[1,2,3]"],
    ["POST", `${clients}/delete`, "[1,2,3]"],
    ["GET", client],
    ["GET", `${client}?_=${uuid}`],
    ["GET", `${clients}/9007199254740991`],
    ["PUT", client, json],
    ["DELETE", client],
    ["POST", `${client}/archive`],
    ["POST", `${client}/restore`],
    ["POST", `${client}/restore`, JSON.stringify({ projects: [1], restore_all_projects: false })]
  ] as const) {
    it(`${method} ${path}${body === undefined ? "" : `, ${body}`}`, async () => {
      const { mark, sent, status } = await asked(method, path, body === undefined ? {} : { body })
      assert.deepStrictEqual([status, mark], [200, null])
      const [{ init, ...only } = assert.fail("nothing came"), ...more] = sent
      assert.isEmpty(more)
      assert.deepStrictEqual(only, {
        method,
        url: base + path,
        body: body ?? "",
        headers: {
          accept: "application/json",
          authorization: `Basic ${btoa(`${session.token}:api_token`)}`,
          "user-agent": "effect-toggl-clients",
          ...(body === undefined ? {} : { "content-type": "application/json" })
        }
      })
      assert.deepInclude(init, { redirect: "manual", cache: "no-store" })
    })
  }
})

describe("nothing else is", () => {
  for (const [method, path] of [
    ["GET", ""],
    ["GET", "/"],
    ["GET", "/me/"],
    ["GET", "/me/quota"],
    ["GET", "/me?with_related_data=true"],
    ["GET", `/me?_=${uuid}`],
    ["GET", "/me#now"],
    ["GET", "//me"],
    ["GET", "/Me"],
    ["GET", "/%6de"],
    ["GET", "/me%2flogged"],
    ["GET", "/me\\\\logged"],
    ["POST", "/me"],
    ["PUT", "/me"],
    ["DELETE", "/me"],
    ["HEAD", "/me"],
    ["GET", "/workspaces"],
    ["GET", "/workspaces/2230580"],
    ["GET", "/workspaces/2230580/projects"],
    ["GET", "/workspaces/2230580/clients/"],
    ["GET", "/workspaces//clients"],
    ["GET", "/workspaces/0/clients"],
    ["GET", "/workspaces/-1/clients"],
    ["GET", "/workspaces/+1/clients"],
    ["GET", "/workspaces/01/clients"],
    ["GET", "/workspaces/1.0/clients"],
    ["GET", "/workspaces/1e3/clients"],
    ["GET", "/workspaces/0x1/clients"],
    ["GET", "/workspaces/%31/clients"],
    ["GET", "/workspaces/١/clients"],
    ["GET", "/workspaces/9007199254740992/clients"],
    ["GET", "/workspaces/9007199254740993/clients"],
    ["GET", "/workspaces/99999999999999999999/clients"],
    ["GET", "/workspaces/*/clients"],
    ["GET", "/workspaces/%23/clients"],
    ["GET", "/workspaces/1;a=b/clients"],
    ["GET", `${client}/`],
    ["GET", `${client}/archive`],
    ["GET", `${clients}/archive`],
    ["PUT", clients],
    ["DELETE", clients],
    ["PATCH", client],
    ["POST", client],
    ["POST", `${clients}/data`],
    ["POST", `${clients}/restore`],
    ["POST", `${client}/delete`],
    ["POST", `${client}/archive/`],
    ["POST", `${client}/archive?status=both`],
    ["POST", `${clients}?status=both`],
    ["GET", `${client}?status=both`],
    ["GET", `${clients}?status=both&status=active`],
    ["GET", `${clients}?name=a&name=a`],
    ["GET", `${clients}?page=2`],
    ["GET", `${clients}?Status=both`],
    ["GET", `${clients}?status=both&`.concat("page=2")],
    ["GET", `${clients}#status=both`],
    ["GET", "/https://evil.test/me"],
    ["GET", "/@evil.test/me"],
    ["GET", "/../../evil"],
    ["GET", `${clients}/../../../admin`],
    ["GET", `${clients}/%2e%2e/%2e%2e/admin`],
    ["GET", `${clients}/..%2f..%2fadmin`]
  ] as const) {
    it(`${method} ${path}`, async () => {
      const { mark, sent, status } = await asked(method, path)
      assert.deepStrictEqual([status, mark], [400, "InvalidConfiguration"])
      assert.isEmpty(sent)
    })
  }

  it("under another prefix, or one that begins like ours", async () => {
    const toggl = saying("[]")
    const headers = { "x-effect-toggl-user": "unknown" }
    for (const path of ["/me", "/api/me", "/api/toggl2/me", "/api/togglme", "/other/api/toggl/me", "/API/toggl/me"]) {
      const answer = await told(before(toggl)(new Request(`https://app.test${path}`, { headers })))
      assert.deepStrictEqual([answer.status, answer.mark], [400, "InvalidConfiguration"], path)
    }
    assert.isEmpty(toggl.sent)
  })
})

const id = "[1-9]\\d{0,15}"
const list = `/workspaces/${id}/clients`
const query = "(?:\\?[\\w.~*%+&=-]+)?"
const allowed = new RegExp(
  `^(?:GET ${base}(?:/me(?:/logged)?|${list}${query}|${list}/${id}${query})|POST ${base}${list}(?:/archive|/delete|/${id}/(?:archive|restore))?|(?:PUT|DELETE) ${base}${list}/${id})$`
)

const hostile = FastCheck.oneof(
  {
    weight: 3,
    arbitrary: FastCheck.constantFrom(
      "me",
      "logged",
      "workspaces",
      "clients",
      "archive",
      "restore",
      "delete",
      "2230580",
      "64890001"
    )
  },
  {
    weight: 2,
    arbitrary: FastCheck.constantFrom(
      "..",
      ".",
      "",
      "%2e%2e",
      "%2f",
      "%5c",
      "\\",
      "//",
      "#",
      "?",
      "%00",
      "%23",
      "*",
      "0",
      "01",
      "-1",
      "+1",
      "1e9",
      "%31",
      "１",
      "9007199254740992",
      "..;",
      "@",
      ":",
      "https:",
      "evil.test",
      " ",
      "%0d%0a",
      "\t",
      "\u202e"
    )
  },
  { weight: 1, arbitrary: FastCheck.string({ maxLength: 8 }) }
)

const anyPath = FastCheck.tuple(
  FastCheck.array(FastCheck.tuple(FastCheck.constantFrom("/", "/", "/", "\\", "//", "%2f", ""), hostile), {
    maxLength: 8
  }),
  FastCheck.oneof(
    FastCheck.constant(""),
    FastCheck.array(
      FastCheck.tuple(
        FastCheck.constantFrom("status", "name", "_", "page", "Status", "%73tatus", "name[]"),
        FastCheck.string({ maxLength: 6 })
      ),
      { maxLength: 3 }
    ).map((pairs) => `?${pairs.map(([key, value]) => `${key}=${value}`).join("&")}`)
  ),
  FastCheck.constantFrom("", "", "#", "#a")
).map(([parts, query, hash]) => `${parts.map((part) => part.join("")).join("")}${query}${hash}`)

const anyMethod = FastCheck.constantFrom("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD")

const requested = (method: string, path: string): Request | undefined => {
  try {
    return request(method, path, { user: "unknown" })
  } catch {
    // what no runtime makes a request of cannot arrive
    return undefined
  }
}

describe("whatever is asked", () => {
  it("arrives at Toggl as one of the known shapes, once, or not at all and with a mark", async () => {
    let came = 0
    await FastCheck.assert(
      FastCheck.asyncProperty(anyMethod, anyPath, async (method, path) => {
        const toggl = saying("[]")
        const made = requested(method, path)
        if (made === undefined) return
        const { mark, status } = await told(before(toggl)(made))
        assert.isAtMost(toggl.sent.length, 1)
        const [sent] = toggl.sent
        if (sent === undefined) return assert.deepStrictEqual([status, mark], [400, "InvalidConfiguration"])
        came++
        assert.match(`${sent.method} ${sent.url}`, allowed)
        assert.strictEqual(sent.method, method)
      }),
      {
        numRuns: 3000,
        examples: [
          ["GET", "/me"],
          ["GET", `${clients}?name=a&status=both`]
        ]
      }
    )
    assert.isAbove(came, 1)
  })

  it("and whatever name is looked for arrives as it was asked", async () => {
    await FastCheck.assert(
      FastCheck.asyncProperty(FastCheck.string({ unit: "grapheme", maxLength: 20 }), async (name) => {
        const toggl = saying("[]")
        await before(toggl)(request("GET", `${clients}?${new URLSearchParams({ name, status: "both" }).toString()}`))
        const { searchParams } = new URL(toggl.sent[0]?.url ?? assert.fail("nothing came"))
        assert.deepStrictEqual(Object.fromEntries(searchParams), { name, status: "both" })
      })
    )
  })
})

describe("headers", () => {
  it("of the page's request none goes to Toggl", async () => {
    const { sent } = await asked("POST", clients, {
      body: "{}",
      headers: {
        authorization: "Bearer of the app",
        cookie: "session=secret",
        "content-type": "text/plain",
        "content-encoding": "gzip",
        "user-agent": "Page/1",
        accept: "text/html",
        "x-forwarded-for": "10.0.0.1",
        "x-forwarded-host": "evil.test",
        forwarded: "for=10.0.0.1",
        traceparent: "00-1-1-01",
        "x-http-method-override": "DELETE",
        host: "evil.test"
      }
    })
    assert.deepStrictEqual(
      sent.map(({ headers }) => headers),
      [
        {
          accept: "application/json",
          authorization: `Basic ${btoa(`${session.token}:api_token`)}`,
          "content-type": "application/json",
          "user-agent": "effect-toggl-clients"
        }
      ]
    )
  })

  it("of Toggl's answer those pass that the library reads, and no others", async () => {
    const passed = {
      "x-toggl-request-id": "7",
      "x-toggl-quota-remaining": "29",
      "x-toggl-quota-resets-in": "60",
      "x-toggl-something-new": "a",
      "retry-after": "7",
      date: "Fri, 01 Jan 2027 00:00:00 GMT",
      age: "3",
      "x-remaining-login-attempts": "2",
      "x-authorization-missing": "true",
      "cf-ray": "8a-FRA",
      "content-type": "text/html; charset=utf-8"
    }
    const kept = {
      "set-cookie": "a=b",
      "content-encoding": "gzip",
      "content-length": "99",
      "transfer-encoding": "chunked",
      location: "https://evil.test",
      etag: '"a"',
      server: "nginx",
      "cache-control": "public, max-age=99",
      vary: "Cookie",
      "access-control-allow-origin": "*",
      "x-effect-toggl-proxy": "Unsent",
      "x-effect-toggl-user": "7",
      "x-content-type-options": "no",
      "strict-transport-security": "max-age=1"
    }
    const toggl = saying("slow down", { status: 429, headers: { ...passed, ...kept } })
    const answer = await told(before(toggl)(request("GET", clients)))
    assert.deepStrictEqual([answer.status, answer.text], [429, "slow down"])
    assert.deepStrictEqual(answer.headers, {
      ...passed,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "x-effect-toggl-user": String(user.id)
    })
  })

  it("the proxy's own answers are kept by no cache and taken for nothing else, either", async () => {
    const answer = await told(before(saying("[]"))(request("GET", "/me", { user: null })))
    assert.deepStrictEqual(answer.headers, {
      "cache-control": "no-store",
      "content-type": "application/json",
      "x-content-type-options": "nosniff",
      "x-effect-toggl-proxy": "InvalidConfiguration"
    })
    const said: unknown = JSON.parse(answer.text)
    assert.hasAllKeys(said, ["error_message"])
  })

  it("the prefix may be any path, and Toggl at any base URL", async () => {
    const toggl = saying("[]")
    const options = { prefix: "/v1/proxies/toggl-track", baseUrl: new URL("http://127.0.0.1:8080/api/v9/") }
    const asked = new Request(`https://app.test${options.prefix}${clients}`, {
      headers: { "x-effect-toggl-user": "unknown" }
    })
    assert.strictEqual((await before(toggl, options)(asked)).status, 200)
    assert.strictEqual(toggl.sent[0]?.url, `http://127.0.0.1:8080/api/v9${clients}`)
    assert.notInclude(toggl.sent[0]?.url, prefix)
  })
})
