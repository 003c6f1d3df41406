import { assert, describe, it } from "@effect/vitest"
import ts from "typescript"
import * as Sources from "./Sources.js"

// What Effect's next version does in another way, and no rewriting of names can turn into it, stands in few files. A
// twin of each is all that the next version needs, beside new names.

// Parts of Effect, its options and its tags, that have no counterpart of the same shape.
const differs = new Set([
  "asyncPush",
  "DefaultServices",
  "FiberRef",
  "GlobalValue",
  "HttpClientError",
  "nullable",
  "RequestError",
  "ResponseError",
  "withTracerDisabledWhen"
])

const mayKnow = (path: string) => path.startsWith("effect/") || path === "testing/HttpFailure.ts"

/** The names and the texts of a source's code; what stands in its comments is none of them. */
const words = (path: string, source: string): ReadonlySet<string> => {
  const found = new Set<string>()
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) || ts.isStringLiteralLike(node)) found.add(node.text)
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(path, source, ts.ScriptTarget.ES2022))
  return found
}

const knowing = (sources: Sources.Sources) =>
  [...sources]
    .filter(([path]) => !mayKnow(path))
    .flatMap(([path, source]) =>
      [...words(path, source)].filter((word) => differs.has(word)).map((word) => `${path}: ${word}`)
    )

describe("what differs between Effect's versions", () => {
  it("is known to the files of effect/, and to the one of testing/", () => {
    assert.deepStrictEqual(knowing(Sources.read()), [])
  })

  for (const [kind, source] of [
    ["GlobalValue", 'import * as GlobalValue from "effect/GlobalValue"'],
    ["nullable", "export const name = Schema.optionalWith(Schema.String, { exact: true, nullable: true })"],
    ["ResponseError", 'export const caught = Effect.catchTag("ResponseError", ({ response }) => response)']
  ] as const) {
    it(`is found where it is planted: ${kind}`, () => {
      assert.deepStrictEqual(knowing(new Map([["room/a.ts", source]])), [`room/a.ts: ${kind}`])
      assert.deepStrictEqual(knowing(new Map([["effect/a.ts", source]])), [])
    })
  }

  it("is no word of a comment", () => {
    assert.deepStrictEqual(knowing(new Map([["room/a.ts", "/** A `ResponseError`. */ // nullable\nexport {}"]])), [])
  })
})
