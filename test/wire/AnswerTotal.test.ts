import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Client from "../../src/Client.js"
import * as ClientError from "../../src/ClientError.js"
import * as ServerAnswer from "../../src/wire/answer.js"

const workspaceId = Client.WorkspaceId.make(2230580)
const clientId = Client.ClientId.make(64890399)

describe("any answer at all", () => {
  const headerNames = [
    "x-toggl-request-id",
    "retry-after",
    "date",
    "x-toggl-quota-remaining",
    "x-toggl-quota-resets-in",
    "x-remaining-login-attempts",
    "content-type",
    "cf-ray"
  ]
  const bodies = FastCheck.oneof(
    FastCheck.uint8Array().map((bytes) => new TextDecoder().decode(bytes)),
    FastCheck.json(),
    FastCheck.string({ unit: "binary" }),
    FastCheck.constant("<!doctype html><html></html>"),
    FastCheck.integer({ min: 1, max: 20_000 }).map((depth) => "[".repeat(depth) + "]".repeat(depth)),
    FastCheck.record({ error_message: FastCheck.jsonValue() }).map((value) => JSON.stringify(value))
  )
  const answers: FastCheck.Arbitrary<ServerAnswer.Answer> = FastCheck.record(
    {
      status: FastCheck.oneof(FastCheck.integer({ min: 100, max: 599 }), FastCheck.integer(), FastCheck.double()),
      headers: FastCheck.dictionary(
        FastCheck.constantFrom(...headerNames),
        FastCheck.oneof(
          FastCheck.string(),
          FastCheck.integer().map(String),
          FastCheck.date({ noInvalidDate: true }).map((date) => date.toUTCString())
        )
      ),
      text: bodies,
      redirected: FastCheck.boolean(),
      now: FastCheck.integer(),
      secrets: FastCheck.array(FastCheck.string({ unit: "binary" }))
    },
    { requiredKeys: ["status", "headers", "now"] }
  )

  it("gives a value or a typed error, and never throws", () => {
    FastCheck.assert(
      FastCheck.property(answers, FastCheck.string({ unit: "binary" }), (answer, name) => {
        const asked = { operation: "create", workspaceId, clientId } as const
        const results: ReadonlyArray<Either.Either<unknown, ServerAnswer.Denied | ClientError.ClientError>> = [
          ServerAnswer.list(asked, answer, name),
          ServerAnswer.create(asked, answer, name),
          ServerAnswer.get(asked, answer),
          ServerAnswer.delete(asked, answer),
          ServerAnswer.archive(asked, answer),
          ServerAnswer.me({}, answer),
          ServerAnswer.logged(asked, answer)
        ]
        for (const result of results) {
          if (Either.isRight(result)) continue
          const error = result.left._tag === "Denied" ? result.left.forbidden : result.left
          assert.isTrue(ClientError.isClientError(error))
          if (ClientError.isClientError(error)) assert.isAbove(error.message.length, 0)
        }
      }),
      { numRuns: 500 }
    )
  })
})
