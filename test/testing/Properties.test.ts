import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as TestClock from "effect/TestClock"
import { readdirSync, readFileSync } from "node:fs"
import { FakeToggl } from "../../src/testing/index.js"
import { list, send, workspaceId } from "./Wire.js"

const segment = FastCheck.oneof(
  FastCheck.constantFrom(
    "workspaces",
    "clients",
    "me",
    "logged",
    "archive",
    "restore",
    "data",
    `${workspaceId}`,
    "64890001"
  ),
  FastCheck.webSegment()
)

const anyRequest = FastCheck.record({
  method: FastCheck.constantFrom(...(["GET", "POST", "PUT", "DELETE", "PATCH"] as const)),
  path: FastCheck.oneof(
    FastCheck.array(segment, { maxLength: 6 }).map((segments) => `/${segments.join("/")}`),
    segment
  ),
  body: FastCheck.oneof(FastCheck.json(), FastCheck.string({ unit: "binary" }), FastCheck.constant(undefined))
})

const switches = FastCheck.record({
  caseSensitive: FastCheck.boolean(),
  trim: FastCheck.boolean(),
  archivedNamesCount: FastCheck.boolean(),
  storedNames: FastCheck.constantFrom(...(["asSent", "trimmed"] as const))
})

const step = FastCheck.record({
  operation: FastCheck.constantFrom("create", "rename", "archive", "restore", "delete"),
  name: FastCheck.constantFrom("a", "A", " a", "b", "B ", "c"),
  which: FastCheck.nat({ max: 3 })
})

describe("properties", () => {
  it.effect.prop("any request gets an answer of HTTP", [anyRequest], ([request]) =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      yield* fake.edit.createClient(workspaceId, { name: "Acme" })
      const bodied = request.method === "GET" || request.body === undefined ? {} : { body: request.body }
      const { status } = yield* send(fake, request.method, request.path, bodied)
      assert.include([200, 400, 402, 403, 404, 405], status)
    })
  )

  it.effect.prop(
    "whatever is done, no two clients that count have the same name, and ids are used once",
    [switches, FastCheck.array(step, { maxLength: 30 })],
    ([{ archivedNamesCount, caseSensitive, storedNames, trim }, steps]) =>
      Effect.gen(function* () {
        const fake = yield* FakeToggl.make({
          archivedNamesCount,
          storedNames,
          nameComparison: { caseSensitive, trim }
        })
        const created: Array<number> = []
        for (const { name, operation, which } of steps) {
          const id = (yield* fake.clients(workspaceId))[which]?.id ?? 7
          switch (operation) {
            case "create":
              yield* Effect.ignore(
                Effect.map(fake.edit.createClient(workspaceId, { name }), (client) => created.push(client.id))
              )
              break
            case "rename":
              yield* Effect.ignore(fake.edit.updateClient(workspaceId, id, { name }))
              break
            case "archive":
              yield* Effect.ignore(fake.edit.archiveClient(workspaceId, id))
              break
            case "restore":
              yield* Effect.ignore(fake.edit.restoreClient(workspaceId, id))
              break
            case "delete":
              yield* Effect.ignore(fake.edit.deleteClient(workspaceId, id))
          }
          const keys = (yield* fake.clients(workspaceId))
            .filter((client) => archivedNamesCount || !client.archived)
            .map((client) => (trim ? client.name.trim() : client.name))
            .map((key) => (caseSensitive ? key : key.toLowerCase()))
          assert.strictEqual(new Set(keys).size, keys.length, keys.join("|"))
        }
        assert.strictEqual(new Set(created).size, created.length)
      })
  )

  it.effect.prop(
    "within any hour that begins with a request, no more are done than the quota allows",
    [FastCheck.integer({ min: 1, max: 5 }), FastCheck.array(FastCheck.nat({ max: 1800 }), { maxLength: 20 })],
    ([quotaPerHour, pauses]) =>
      Effect.gen(function* () {
        const fake = yield* FakeToggl.make({ quotaPerHour })
        for (const pause of pauses) {
          yield* TestClock.adjust(`${pause} seconds`)
          const { headers, status } = yield* list(fake)
          if (status !== 402) continue
          const wait = Number(headers["x-toggl-quota-resets-in"])
          assert.isAbove(wait, 0)
          yield* TestClock.adjust(`${wait} seconds`)
          assert.strictEqual((yield* list(fake)).status, 200, "there is room when it said so")
        }
        const done = (yield* fake.requests).filter((request) => request.applied).map((request) => request.receivedAt)
        let start = -Infinity
        let inWindow = 0
        for (const at of done) {
          if (at >= start + 3_600_000) {
            start = at
            inWindow = 0
          }
          inWindow += 1
          assert.isAtMost(inWindow, quotaPerHour)
        }
      }),
    { fastCheck: { numRuns: 25 } }
  )
})

describe("independence", () => {
  it("nothing of the library is used to judge the library", () => {
    const folder = new URL("../../src/testing/", import.meta.url)
    const imports = readdirSync(folder).flatMap((file) =>
      [...readFileSync(new URL(file, folder), "utf8").matchAll(/from "([^"]+)"/g)].map((match) => match[1] ?? "")
    )
    assert.isNotEmpty(imports)
    assert.deepStrictEqual(
      imports.filter(
        (name) => !/^(\.\/\w+\.js|effect\/\w+|@effect\/platform\/\w+|effect-toggl-clients\/testing)$/.test(name)
      ),
      []
    )
  })
})
