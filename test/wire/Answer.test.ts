import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Client from "../../src/Client.js"
import * as ClientError from "../../src/ClientError.js"
import type { Asked } from "../../src/error/base.js"
import * as ServerAnswer from "../../src/wire/answer.js"
import { type Disposition, disposition } from "../../src/wire/disposition.js"
import { isNotFoundText } from "../../src/wire/text.js"
import { type AnswerHeaders } from "../../src/wire/headers.js"

const workspaceId = Client.WorkspaceId.make(2230580)
const clientId = Client.ClientId.make(64890399)
const requestId = { "x-toggl-request-id": "abc123" }
const now = Date.parse("2026-03-01T12:00:00Z")

const acme = { id: clientId, wid: workspaceId, archived: false, name: "Acme", at: "2024-03-17T10:55:38+00:00" }

type Read = (
  asked: Asked,
  answer: ServerAnswer.Answer
) => Either.Either<unknown, { readonly _tag: string } | ClientError.ClientError>

const onClients: Record<Client.Operation, Read> = {
  list: ServerAnswer.list,
  create: (asked, answer) => ServerAnswer.create(asked, answer, acme.name),
  get: ServerAnswer.get,
  update: (asked, answer) => ServerAnswer.create(asked, answer, acme.name),
  delete: ServerAnswer.delete,
  archive: ServerAnswer.archive,
  restore: ServerAnswer.get
}
const ofUser: Record<string, Read> = { me: ServerAnswer.me, logged: ServerAnswer.logged }
const operations = Client.Operation.literals
const statuses = Array.from({ length: 500 }, (_, index) => 100 + index)

const answer = (status: number, text: string, headers: AnswerHeaders = {}): ServerAnswer.Answer => ({
  status,
  text,
  headers,
  now
})

const read = (operation: Client.Operation, answer: ServerAnswer.Answer) =>
  onClients[operation]({ operation, workspaceId, clientId }, answer)

const meaning = (result: ReturnType<Read>): string =>
  Either.match(result, {
    onRight: () => "done",
    onLeft: (error) => ("reason" in error ? `${error._tag} ${error.reason}` : error._tag)
  })

const html = "<!doctype html><html><body>502 Bad Gateway</body></html>"

const shapes = {
  jsonString: JSON.stringify("Some words"),
  empty: "",
  plain: "Some words",
  html,
  object: JSON.stringify({ error_message: "Some words" })
}

// What each status means with Toggl's request id and words that are not among the known ones. Every status has one row.
const table: ReadonlyArray<readonly [from: number, to: number, meaning: string]> = [
  [100, 199, "UnexpectedAnswer Status"],
  [300, 399, "RedirectedElsewhere"],
  [400, 400, "BadRequest"],
  [401, 401, "Unauthorized Refused"],
  [402, 402, "PlanRequired"],
  [403, 403, "Denied"],
  [404, 404, "NotFound"],
  [405, 407, "BadRequest"],
  [408, 408, "ServerError"],
  [409, 409, "BadRequest"],
  [410, 410, "Gone"],
  [411, 424, "BadRequest"],
  [425, 425, "ServerError"],
  [426, 428, "BadRequest"],
  [429, 429, "RateLimited"],
  [430, 499, "BadRequest"],
  [500, 599, "ServerError"]
]
const expected = (status: number) => {
  const rows = table.filter(([from, to]) => from <= status && status <= to)
  assert.lengthOf(rows, 1)
  return rows[0]?.[2]
}

describe("a status that is no success", () => {
  for (const operation of operations) {
    it(`means the same in every shape that Toggl gives a body: ${operation}`, () => {
      for (const status of statuses.filter((status) => status < 200 || status >= 300)) {
        for (const [shape, text] of Object.entries(shapes)) {
          const isPage = shape === "html" && [...statuses.slice(0, 100), 400, 403, 404, 410].includes(status)
          assert.strictEqual(
            meaning(read(operation, answer(status, text, requestId))),
            isPage ? "UnexpectedAnswer Html" : expected(status),
            `${status} ${shape}`
          )
        }
      }
    })
  }

  it("is held to be a proxy's without a request id, unless it is about the request or about waiting", () => {
    const own = [401, 402, 408, 409, 413, 414, 422, 425, 429]
    for (const operation of operations) {
      for (const status of statuses.filter((status) => status >= 400)) {
        const result = meaning(read(operation, answer(status, "Some words")))
        const isOwn = own.includes(status) || status >= 500
        assert.strictEqual(result, isOwn ? expected(status) : "UnexpectedAnswer Status", `${operation} ${status}`)
      }
    }
  })

  it("without a body is Toggl's on a 403 only, where Toggl gives none", () => {
    for (const operation of operations) {
      assert.strictEqual(meaning(read(operation, answer(403, ""))), "Denied")
      for (const status of [400, 404, 410]) {
        assert.strictEqual(meaning(read(operation, answer(status, ""))), "UnexpectedAnswer Status")
      }
    }
  })

  it("keeps its meaning where the body broke off, if the status alone says it", () => {
    for (const status of [401, 408, 425, 429, 500, 503, 307]) {
      const { text: _, ...cut } = answer(status, "")
      assert.strictEqual(meaning(read("create", cut)), expected(status))
    }
    for (const status of [200, 400, 402, 403, 404, 409, 410]) {
      const { text: _, ...cut } = answer(status, "", requestId)
      assert.strictEqual(meaning(read("create", cut)), "UnexpectedAnswer NotJson")
    }
  })

  it("is a redirect where the browser hides it, and where fetch has followed it", () => {
    for (const operation of operations) {
      assert.strictEqual(meaning(read(operation, answer(0, ""))), "RedirectedElsewhere")
      const followed = { ...answer(200, JSON.stringify(acme), requestId), redirected: true }
      assert.strictEqual(meaning(read(operation, followed)), "RedirectedElsewhere")
    }
  })

  it("of the user's own is about the credentials, or not Toggl's", () => {
    for (const [name, read] of Object.entries(ofUser)) {
      for (const status of statuses.filter((status) => status >= 300)) {
        const row = expected(status) ?? ""
        const refusals = ["BadRequest", "PlanRequired", "NotFound", "Gone"]
        const own = row === "Denied" ? "Unauthorized Refused" : refusals.includes(row) ? "UnexpectedAnswer Status" : row
        assert.strictEqual(meaning(read({}, answer(status, "Some words", requestId))), own, `${name} ${status}`)
      }
    }
  })
})

describe("a success", () => {
  const good: Record<Client.Operation, string> = {
    list: JSON.stringify([acme]),
    create: JSON.stringify(acme),
    get: JSON.stringify(acme),
    update: JSON.stringify(acme),
    delete: "",
    archive: "[1, 2]",
    restore: JSON.stringify(acme)
  }

  it("is done with any status of the two hundreds, if it decodes", () => {
    for (const operation of operations) {
      for (const status of statuses.filter((status) => status >= 200 && status < 300)) {
        assert.strictEqual(meaning(read(operation, answer(status, good[operation], requestId))), "done")
      }
    }
  })

  it("is none with a page in it, with garbled JSON, or in another shape", () => {
    for (const operation of operations) {
      assert.strictEqual(meaning(read(operation, answer(200, html))), "UnexpectedAnswer Html")
      assert.strictEqual(meaning(read(operation, answer(200, '{"id":1,'))), "UnexpectedAnswer NotJson")
      if (operation !== "delete") {
        assert.strictEqual(meaning(read(operation, answer(200, '{"id":"x"}', requestId))), "UnexpectedAnswer Shape")
      }
    }
  })

  it("shows a client whose notes hold markup", () => {
    const notes = "<html><body>hello</body></html>"
    const result = ServerAnswer.get({}, answer(200, JSON.stringify({ ...acme, notes })))
    assert.strictEqual(Either.getOrThrow(result).notes, notes)
  })

  it("of a delete may say anything but a page, with Toggl's mark", () => {
    for (const text of ["", "null", '"OK"', "OK", "{}", "[]", "Gone it is"]) {
      assert.strictEqual(meaning(read("delete", answer(200, text, requestId))), "done", text)
    }
  })

  it("of a delete is none without Toggl's mark, unless it is an id, a list of ids or OK", () => {
    for (const text of ["OK", '"OK"', "64890399", "[64890399]"]) {
      assert.strictEqual(meaning(read("delete", answer(200, text))), "done", text)
    }
    for (const text of ['{"offline":true}', "{}", '"ok, later"', "1.5", '["OK"]', "true", "", " ", "null"]) {
      assert.strictEqual(meaning(read("delete", answer(200, text))), "UnexpectedAnswer Shape", text)
    }
    assert.strictEqual(meaning(read("delete", answer(200, "Please log in"))), "UnexpectedAnswer NotJson")
  })

  it("of an archive is a list, and without Toggl's mark never an empty body", () => {
    for (const archive of [ServerAnswer.archive, ServerAnswer.archiveMany]) {
      assert.deepStrictEqual(archive({}, answer(200, "[]")), Either.right([]))
      for (const text of ["", " ", "null"]) {
        assert.deepStrictEqual(archive({}, answer(200, text, requestId)), Either.right([]))
        assert.strictEqual(meaning(archive({}, answer(200, text))), "UnexpectedAnswer Shape")
      }
      assert.strictEqual(meaning(archive({}, answer(200, '{"offline":true}', requestId))), "UnexpectedAnswer Shape")
    }
  })

  it("may be empty where the service hides its mark", () => {
    for (const text of ["", "null"]) {
      const hidden = { ...answer(200, text), hidesIds: true }
      for (const operation of ["delete", "archive"] as const)
        assert.strictEqual(meaning(read(operation, hidden)), "done")
      const offline = { ...answer(200, '{"offline":true}'), hidesIds: true }
      assert.strictEqual(meaning(read("delete", offline)), "UnexpectedAnswer Shape")
    }
  })

  it("of GET /me/logged is empty, and nothing that Toggl does not say", () => {
    for (const text of ["", "null", "OK"])
      assert.deepStrictEqual(ServerAnswer.logged({}, answer(200, text)), Either.void)
    assert.strictEqual(meaning(ServerAnswer.logged({}, answer(200, '{"offline":true}'))), "UnexpectedAnswer Shape")
    assert.strictEqual(meaning(ServerAnswer.logged({}, answer(200, html))), "UnexpectedAnswer Html")
  })

  it("with no body, null or [] is the empty list, where it is Toggl's", () => {
    const empty = Either.right({ clients: [], leftOut: [], unsure: new Set<Client.ClientId>() })
    for (const text of ["", " ", "null", "[]"]) {
      assert.deepStrictEqual(ServerAnswer.list({}, answer(200, text, requestId)), empty)
      assert.deepStrictEqual(ServerAnswer.list({}, { ...answer(200, text), hidesIds: true }), empty)
    }
    assert.deepStrictEqual(ServerAnswer.list({}, answer(200, "[]")), empty)
    for (const text of ["", " ", "null"]) {
      assert.strictEqual(meaning(ServerAnswer.list({}, answer(200, text))), "UnexpectedAnswer Shape")
    }
  })

  it("about another client or workspace than was asked for is none", () => {
    for (const other of [{ id: 5001 }, { wid: 2 }]) {
      for (const operation of ["get", "update", "restore"] as const) {
        const result = read(operation, answer(200, JSON.stringify({ ...acme, ...other }), requestId))
        assert.strictEqual(meaning(result), "UnexpectedAnswer OtherClient", operation)
      }
    }
  })

  it("of a create is of the workspace and has the name, but for how a server writes it", () => {
    const asked = { operation: "create", workspaceId } as const
    const named = (name: string, wid = 2230580) =>
      meaning(
        ServerAnswer.create(asked, answer(200, JSON.stringify({ ...acme, wid, name }), requestId), "Caf\u00e9  Acme")
      )
    for (const name of ["Caf\u00e9  Acme", " Caf\u00e9 Acme ", "Cafe\u0301 acme"])
      assert.strictEqual(named(name), "done", name)
    assert.strictEqual(named("Bolt"), "UnexpectedAnswer OtherClient")
    assert.strictEqual(named("Caf\u00e9  Acme", 2), "UnexpectedAnswer OtherClient")
    // an update's name is looked up where it counts
    assert.strictEqual(
      meaning(read("update", answer(200, JSON.stringify({ ...acme, name: "Bolt" }), requestId))),
      "done"
    )
  })

  it("leaves out and reports what a list has of another workspace", () => {
    const items = [acme, { ...acme, id: 2, wid: 2 }]
    const listed = Either.getOrThrow(ServerAnswer.list({ workspaceId }, answer(200, JSON.stringify(items), requestId)))
    assert.lengthOf(listed.clients, 1)
    assert.deepStrictEqual(listed.leftOut, [{ index: 1, problem: "it is of another workspace" }])
  })

  it("keeps a list together when one item of it does not decode", () => {
    const items = [acme, { ...acme, id: "x" }, null, { ...acme, id: 2 }]
    const { clients, leftOut } = Either.getOrThrow(ServerAnswer.list({}, answer(200, JSON.stringify(items))))
    assert.deepStrictEqual(
      clients.map((client) => Number(client.id)),
      [clientId, 2]
    )
    assert.deepStrictEqual(
      leftOut.map(({ index }) => index),
      [1, 2]
    )
    assert.strictEqual(leftOut[0]?.problem, "its id is no positive integer")
  })

  it("costs a client no more than the key itself, where that only decorates", () => {
    const odd = [17, -1.5, true, "", "x", {}, [], ["x", 1], "2026-13-45", null]
    const decorating = ["external_reference", "integration_ext_id", "integration_ext_type", "integration_provider"]
    for (const key of [...decorating, "at", "creator_id", "permissions", "total_count", "unheard_of"]) {
      for (const value of odd) {
        const item = { ...acme, [key]: value }
        const about = `${key}: ${JSON.stringify(value)}`
        const { clients, leftOut } = Either.getOrThrow(ServerAnswer.list({}, answer(200, JSON.stringify([item]))))
        assert.deepStrictEqual(
          [clients.map(({ id, name }) => [Number(id), name]), leftOut],
          [[[clientId, acme.name]], []],
          about
        )
        assert.strictEqual(meaning(read("get", answer(200, JSON.stringify(item), requestId))), "done", about)
      }
    }
    const smallest = '[{"id":7,"wid":1,"archived":false,"name":"a","external_reference":17}]'
    const [client] = Either.getOrThrow(ServerAnswer.list({}, answer(200, smallest))).clients
    assert.deepStrictEqual(
      { ...client },
      {
        id: Client.ClientId.make(7),
        workspaceId: Client.WorkspaceId.make(1),
        name: "a",
        archived: false,
        notes: "",
        permissions: []
      }
    )
  })

  it("says of whom nobody knows who made them, or when they were changed", () => {
    const items = [
      acme,
      { ...acme, id: 2, creator_id: "7" },
      { ...acme, id: 3, at: "yesterday" },
      { ...acme, id: 4, at: null, creator_id: null },
      { ...acme, id: 5, external_reference: 17 }
    ]
    const { unsure } = Either.getOrThrow(ServerAnswer.list({}, answer(200, JSON.stringify(items))))
    assert.deepStrictEqual([...unsure].map(Number), [2, 3])
  })

  it("tells what is wrong with an item in few words, however large it is", () => {
    const huge = "x".repeat(100_000)
    const items = [
      7,
      "x",
      [],
      {},
      { ...acme, wid: huge },
      { ...acme, name: [huge] },
      { ...acme, archived: huge },
      { ...acme, notes: { huge } }
    ]
    const { leftOut } = Either.getOrThrow(ServerAnswer.list({}, answer(200, JSON.stringify(items))))
    assert.deepStrictEqual(
      leftOut.map(({ problem }) => problem),
      [
        "it is no object",
        "it is no object",
        "it is no object",
        "its id is no positive integer",
        "its wid is no positive integer",
        "its name is no text",
        "archived is neither true nor false",
        "its notes are no text"
      ]
    )
  })

  it("of GET /me keeps the id and nothing else", () => {
    const me = { id: 7, email: "ada@example.com", api_token: "0123456789abcdef0123456789abcdef" }
    assert.deepStrictEqual(
      ServerAnswer.me({}, answer(200, JSON.stringify(me))),
      Either.right({ userId: 7, defaultWorkspaceId: undefined })
    )
  })
})

const leftOf = <A, E>(result: Either.Either<A, E>): E => Either.getOrThrowWith(Either.flip(result), () => new Error())

describe("a refused name", () => {
  const asked = { operation: "create", workspaceId } as const
  const named = (text: string) => leftOf(ServerAnswer.create(asked, answer(400, text), "Acme"))

  it("is empty, too long (with the limit that the server states) or taken, in every shape of the words", () => {
    const shaped = (words: string) => [
      JSON.stringify(words),
      words,
      JSON.stringify({ error_message: words }),
      JSON.stringify({ error_message: { default_message: words } }),
      JSON.stringify([words]),
      JSON.stringify([{ error_message: words }])
    ]
    const cases = [
      ["Client name cannot be empty", { reason: "Empty" }],
      ["Client name maximum length is 123", { reason: "TooLong", limit: 123 }],
      ["Name has already been taken", { reason: "Taken" }]
    ] as const
    for (const [words, problem] of cases) {
      for (const text of shaped(words)) {
        const error = named(text)
        assert.instanceOf(error, ClientError.InvalidName)
        assert.deepInclude({ ...error }, { ...problem, name: "Acme", text: words, workspaceId, operation: "create" })
      }
    }
  })

  it("is not looked for in longer words, nor where no name was sent", () => {
    assert.strictEqual(named("The words Name has already been taken are in here")._tag, "UnexpectedAnswer")
    for (const operation of ["list", "get", "delete", "archive", "restore"] as const) {
      assert.strictEqual(meaning(read(operation, answer(400, '"Name has already been taken"'))), "BadRequest")
    }
  })

  it("takes no limit that is no number", () => {
    assert.strictEqual(
      leftOf(
        ServerAnswer.create(asked, answer(400, `"Client name maximum length is ${"9".repeat(400)}"`, requestId), "")
      )._tag,
      "BadRequest"
    )
  })
})

describe("the known words", () => {
  it("are Toggl's where a proxy hides the request id", () => {
    const words = (operation: Client.Operation, status: number, text: string) =>
      meaning(read(operation, answer(status, JSON.stringify(text))))
    assert.strictEqual(words("get", 404, "No client with ID 64890399 was found"), "NotFound")
    assert.strictEqual(words("update", 404, "Client doesn't exist in the workspace."), "NotFound")
    assert.strictEqual(words("create", 400, "JSON is not valid"), "BadRequest")
    const path = "We're expecting an integer as part of the url for client_id"
    assert.strictEqual(words("get", 400, path), "BadRequest")
    assert.strictEqual(words("restore", 400, "Bad Request"), "BadRequest")
    assert.strictEqual(words("delete", 404, "404 page not found"), "UnexpectedAnswer Status")
    for (const operation of operations) {
      assert.strictEqual(words(operation, 400, "User cannot add or edit clients in workspace"), "BadRequest")
    }
  })

  it("come through a proxy that passes on the status and the body alone, in each shape", () => {
    const said: ReadonlyArray<readonly [Client.Operation, number, string, string]> = [
      ["list", 400, "Client status is invalid", "InvalidStatus"],
      ["create", 400, "Client name cannot be empty", "InvalidName Empty"],
      ["create", 400, "Client name maximum length is 255", "InvalidName TooLong"],
      ["create", 400, "Name has already been taken", "InvalidName Taken"],
      ["update", 400, "Name has already been taken", "InvalidName Taken"],
      ["update", 400, "User cannot add or edit clients in workspace", "BadRequest"],
      ["update", 404, "Client doesn't exist in the workspace.", "NotFound"],
      ["delete", 404, "No client with ID 64890399 was found", "NotFound"],
      ["get", 400, "We're expecting an integer as part of the url for client_id", "BadRequest"],
      ["create", 400, "JSON is not valid", "BadRequest"],
      ["restore", 400, "Bad Request", "BadRequest"],
      ["archive", 402, "Archiving clients is a feature of the premium plan.", "PlanRequired"],
      ["get", 402, "You have hit your hourly limit for API calls.", "QuotaExceeded"]
    ]
    for (const [operation, status, text, expected] of said) {
      for (const body of [text, JSON.stringify(text), JSON.stringify({ error_message: text })]) {
        assert.strictEqual(meaning(read(operation, answer(status, body))), expected, body)
      }
    }
    assert.strictEqual(meaning(read("update", answer(403, ""))), "Denied")
  })

  it("are those of a compatible server too", () => {
    for (const operation of ["create", "update"] as const) {
      for (const text of ['"Bad Request"', '{"message":"Bad Request"}', "Bad Request"]) {
        const error = leftOf(read(operation, answer(400, text)))
        assert.deepInclude({ ...error }, { _tag: "BadRequest", status: 400, text: "Bad Request" })
      }
    }
    for (const operation of ["get", "delete", "list"] as const) {
      assert.strictEqual(meaning(read(operation, answer(400, '"Bad Request"'))), "UnexpectedAnswer Status")
    }
    for (const operation of ["get", "update", "delete", "archive", "restore"] as const) {
      const error = leftOf(read(operation, { ...answer(404, '{"message":"Not Found"}'), secrets: ["found"] }))
      assert.isTrue(error._tag === "NotFound" && "text" in error && isNotFoundText(error.text), operation)
    }
    // a path that is not known there says the same, and a proxy says it barely
    const many = ServerAnswer.delete({ operation: "delete", workspaceId }, answer(404, '{"message":"Not Found"}'))
    assert.strictEqual(meaning(many), "UnexpectedAnswer Status")
    assert.strictEqual(meaning(read("delete", answer(404, "Not Found"))), "UnexpectedAnswer Status")
    assert.strictEqual(meaning(read("delete", answer(404, '"Not Found"'))), "UnexpectedAnswer Status")
  })

  it("for an unknown client are two, and nothing near them", () => {
    assert.isTrue(isNotFoundText("No client with ID 64890399 was found"))
    assert.isTrue(isNotFoundText("Client doesn't exist in the workspace."))
    for (const text of [
      "",
      undefined,
      "not found",
      "No client with ID x was found",
      "See: No client with ID 1 was found"
    ]) {
      assert.isFalse(isNotFoundText(text))
    }
  })

  it("for an unknown client are kept when the password is one of them", () => {
    const text = "No client with ID 64890399 was found"
    const error = leftOf(
      ServerAnswer.delete({ operation: "delete", clientId }, { ...answer(404, text), secrets: ["client"] })
    )
    assert.isTrue("text" in error && isNotFoundText(error.text))
  })

  it("for a status that Toggl does not know belong to lists", () => {
    const refused = answer(400, '"Client status is invalid"')
    const error = leftOf(ServerAnswer.list({ operation: "list" }, refused, "gone"))
    assert.instanceOf(error, ClientError.InvalidStatus)
    assert.deepInclude({ ...error }, { status: "gone" })
    assert.strictEqual(meaning(read("get", refused)), "BadRequest")
  })
})

describe("the bounds", () => {
  const nested = (depth: number) => '{"a":'.repeat(depth) + "1" + "}".repeat(depth)

  it("are told, in a success and in a failure, where the text counts", () => {
    for (const operation of operations) {
      for (const status of [200, 400, 403, 404, 410]) {
        const { text: _, ...given } = answer(status, "", requestId)
        assert.strictEqual(
          meaning(read(operation, { ...given, isTooLarge: true })),
          "UnexpectedAnswer TooLarge",
          `${operation} ${status}`
        )
        for (const text of [nested(101), '{"error_message":'.repeat(15_000), "[".repeat(1_000_000)]) {
          assert.strictEqual(
            meaning(read(operation, answer(status, text, requestId))),
            "UnexpectedAnswer TooDeep",
            `${operation} ${status}`
          )
        }
      }
      assert.strictEqual(meaning(read(operation, answer(500, nested(101)))), "ServerError")
    }
  })

  it("count no bracket in a string, nor what is closed again", () => {
    const notes = '[{"\\'.repeat(1000)
    assert.strictEqual(meaning(read("get", answer(200, JSON.stringify({ ...acme, notes })))), "done")
    const items = Array.from({ length: 1000 }, (_, index) => ({ ...acme, id: index + 1, permissions: ["edit"] }))
    assert.strictEqual(meaning(read("list", answer(200, JSON.stringify(items)))), "done")
    assert.strictEqual(meaning(read("get", answer(200, nested(100)))), "UnexpectedAnswer Shape")
  })
})

describe("a 402", () => {
  const quota = (headers: AnswerHeaders, text: string) => {
    const error = leftOf(ServerAnswer.get({}, answer(402, text, { "x-toggl-request-id": "0f0e", ...headers })))
    return { ...error }
  }
  const hourly = "You have hit your hourly limit for API calls. Your quota will reset in 1200 seconds."

  it("is about the quota if none remains or the words say so, and names the longest of the times", () => {
    assert.deepInclude(quota({ "x-toggl-quota-remaining": "0", "x-toggl-quota-resets-in": "90" }, ""), {
      _tag: "QuotaExceeded",
      retryAfter: 90_000
    })
    assert.deepInclude(quota({ "x-toggl-quota-remaining": "-3" }, ""), { _tag: "QuotaExceeded" })
    assert.deepInclude(quota({}, hourly), { _tag: "QuotaExceeded", retryAfter: 1_200_000, text: hourly })
    assert.deepInclude(quota({ "x-toggl-quota-resets-in": "60", "retry-after": "30" }, hourly), {
      retryAfter: 1_200_000
    })
    assert.deepInclude(quota({}, "Quota exceeded. It will reset in 60 seconds."), {
      _tag: "QuotaExceeded",
      retryAfter: 60_000
    })
    assert.notProperty(quota({ "x-toggl-quota-remaining": "0" }, ""), "retryAfter")
  })

  it("is about the plan otherwise", () => {
    const text = "Upgrade to archive clients"
    assert.deepInclude(quota({ "x-toggl-quota-remaining": "12" }, text), { _tag: "PlanRequired", text })
    assert.deepInclude(quota({}, ""), { _tag: "PlanRequired" })
    assert.deepInclude(quota({ "x-toggl-quota-remaining": "soon" }, ""), { _tag: "PlanRequired" })
  })
})

describe("what support asks for", () => {
  it("is Toggl's request id, and the ray by which the service in front finds it", () => {
    const headers = { ...requestId, "cf-ray": `8f1d\u001b${"a".repeat(200)}-secret`, other: "x" }
    const error = leftOf(ServerAnswer.get({ clientId }, { ...answer(404, "Gone away", headers), secrets: ["8f1d"] }))
    if (error._tag !== "NotFound") return assert.fail(error._tag)
    assert.strictEqual(error.ray, `••• ${"a".repeat(96)}`)
    assert.include(error.message, `(Toggl request abc123, ray ••• a`)
    const page = leftOf(ServerAnswer.get({}, answer(403, html, { "cf-ray": "8f1d-FRA" })))
    assert.isTrue(page._tag === "UnexpectedAnswer" && page.message.endsWith("(ray 8f1d-FRA)"))
  })
})

describe("a 403", () => {
  const asked = { operation: "delete", workspaceId, clientId } as const
  const denied = leftOf(ServerAnswer.delete(asked, answer(403, "", requestId)))

  it("is Forbidden if the credentials are good, else what the probe says", () => {
    assert.strictEqual(denied._tag, "Denied")
    if (denied._tag !== "Denied") return
    const settle = (status: number, headers = {}) =>
      ServerAnswer.denied(denied, ServerAnswer.logged(asked, answer(status, "", headers)))
    assert.deepEqual(settle(200), new ClientError.Forbidden({ ...asked, requestId: "abc123" }))
    assert.deepEqual(
      settle(403, { "x-remaining-login-attempts": "2" }),
      new ClientError.Unauthorized({ ...asked, reason: "Refused", remainingAttempts: 2 })
    )
    assert.strictEqual(settle(500)._tag, "ServerError")
    assert.strictEqual(settle(429)._tag, "RateLimited")
    assert.strictEqual(settle(302)._tag, "RedirectedElsewhere")
  })
})

describe("the replay", () => {
  it("is told what each failure means to it", () => {
    const meanings: ReadonlyArray<readonly [number, string, Disposition]> = [
      [400, '"Name has already been taken"', "Refused"],
      [400, '"Other words"', "Refused"],
      [409, "", "Refused"],
      [422, "", "Refused"],
      [401, "", "Pause"],
      [402, "Upgrade", "Refused"],
      [402, "You have hit your hourly limit", "Wait"],
      [404, '"No client with ID 1 was found"', "Refused"],
      [410, "Gone", "Refused"],
      [429, "", "Wait"],
      [400, html, "Uncertain"],
      [404, html, "Uncertain"],
      [200, html, "Uncertain"],
      [200, "{}", "Uncertain"],
      [302, "", "Uncertain"],
      [408, "", "Uncertain"],
      [425, "", "Uncertain"],
      [500, "", "Uncertain"],
      [503, html, "Uncertain"]
    ]
    for (const [status, text, meaning] of meanings) {
      const error = leftOf(ServerAnswer.create({}, answer(status, text, requestId), "Acme"))
      assert.isTrue(error._tag !== "Denied" && disposition(error) === meaning, `${status} ${text}`)
    }
    const reasons = {
      Offline: "NeverLeft",
      TimedOut: "Uncertain",
      SuspectedCors: "Uncertain",
      Failed: "Uncertain",
      Threw: "Uncertain",
      Unsent: "NeverLeft"
    } as const
    for (const reason of ["Offline", "TimedOut", "SuspectedCors", "Failed", "Threw", "Unsent"] as const) {
      assert.strictEqual(disposition(new ClientError.Unreachable({ reason })), reasons[reason])
    }
    assert.strictEqual(disposition(new ClientError.Forbidden({})), "Refused")
  })
})
