import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import * as Hover from "./Hover.js"
import { root } from "./Sources.js"

// Whoever writes an app against this library reads it in their editor: what they hover over tells what it is.

const decodeManifest = Schema.decodeUnknownSync(
  Schema.parseJson(
    Schema.Struct({
      exports: Schema.Record({
        key: Schema.String,
        value: Schema.Union(Schema.Struct({ types: Schema.String }), Schema.String)
      })
    })
  )
)

/** Every public path but the manifest's own, to the file of its types. */
const entries = Object.fromEntries(
  Object.entries(decodeManifest(readFileSync(join(root, "package.json"), "utf8")).exports).flatMap(([path, file]) =>
    typeof file === "string"
      ? []
      : [
          [
            path === "." ? "" : `${path.slice(2).replaceAll("/", ".")}.`,
            /^\.\/dist\/(.*)\.d\.ts$/.exec(file.types)?.[1] ?? ""
          ]
        ]
  )
)

describe("hovering", () => {
  const { asked, exact, silent } = Hover.report(Hover.packed(), entries)

  it("tells of every public name, field, option and method more than its name", () => {
    assert.isAbove(asked, 1000)
    assert.deepStrictEqual(silent, [])
  })

  it("shows options that may be undefined wherever they may be left out", () => {
    assert.deepStrictEqual(exact, [])
  })
})

describe("the check", () => {
  // Each tells enough of `Told` itself, and says what must be found in it.
  const cases: Record<string, readonly [text: string, ...found: ReadonlyArray<string>]> = {
    "a field without docs": [
      `/** Tells what there is to know. */
       export interface Told {
         readonly name: string
       }`,
      "Told.name"
    ],
    "one that only repeats its name": [
      `/** Tells what there is to know. */
       export interface Told {
         /** The name of the field. */
         readonly name: string
         /** The client's id. */
         readonly clientId: string
         /** The id that Toggl has given to it. */
         readonly id: number
       }`,
      "Told.name: The name of the field.",
      "Told.clientId: The client's id."
    ],
    "a field of one member of a union": [
      `/** Tells what there is to know. */
       export type Told =
         | {
             readonly _tag: "A"
             /** In milliseconds since the epoch. */
             readonly at: number
           }
         | {
             readonly _tag: "B"
             readonly at: number
           }`,
      "Told.at"
    ],
    "a field of a member without a mark": [
      `/** Tells what there is to know. */
       export type Told =
         | "none"
         | {
             /** In milliseconds since the epoch. */
             readonly at: number
           }
         | { readonly by: number }`,
      "Told.by"
    ],
    "a field within a field, in a list": [
      `/** Tells what there is to know. */
       export interface Told {
         /** Those that are still to be sent. */
         readonly waiting: ReadonlyArray<{ readonly id: number }> | undefined
       }`,
      "Told.waiting[].id"
    ],
    "a field that is inherited": [
      `interface Base {
         readonly name: string
         readonly at: number
       }
       /** Tells what there is to know. */
       export interface Told extends Omit<Base, "at"> {}
       export {}`,
      "Told.name"
    ],
    "an error's field": [
      `/** Tells what there is to know. */
       export declare class Told extends Error {
         readonly reason: string
         get message(): string
       }`,
      "Told.reason"
    ],
    "an error's field that is known from a schema alone": [
      `import * as Schema from "effect/Schema"
       declare const Told_base: Schema.TaggedErrorClass<
         Told, "Told", { readonly _tag: Schema.tag<"Told"> } & { reason: typeof Schema.String }
       >
       /** Tells what there is to know. */
       export declare class Told extends Told_base {}
       export {}`,
      "Told.reason"
    ],
    "a service's method": [
      `import type * as Effect from "effect/Effect"
       /** Tells what there is to know. */
       export interface Told {
         readonly run: (name: string) => Effect.Effect<void>
       }`,
      "Told.run"
    ],
    "an option where a function has it": [
      `/** Tells what there is to know. */
       export declare const Told: (options?: { readonly limit?: number | undefined }) => void`,
      "Told(options).limit"
    ],
    "what an effect gives": [
      `import type * as Effect from "effect/Effect"
       /** Tells what there is to know. */
       export declare const Told: Effect.Effect<{ readonly sent: number }>`,
      "Told[].sent"
    ],
    "a name": [
      `/** @since 0.1.0 */
       export declare const Told: number`,
      "Told"
    ],
    "nothing in what is not ours, nor in what tells one type from another": [
      `/** Tells what there is to know. */
       export declare class Told extends Error {
         readonly _tag: "Told"
         readonly [Symbol.toStringTag]: string
         get message(): string
       }
       /** When it was heard of last. */
       export declare const time: Date`
    ]
  }
  const options = `
    /** Says how long it may take. */
    export interface RunOptions {
      /** In milliseconds, endless unless given. */
      readonly limit?: number
      /** In milliseconds, none unless given. */
      readonly delay?: number | undefined
      /** How to wait after failures. */
      readonly backoff?:
        | {
            /** In milliseconds, a second unless given. */
            readonly base?: number
          }
        | undefined
    }
    /** What came of it in the end. */
    export interface Ran {
      /** In milliseconds, where it was measured. */
      readonly time?: number
    }`
  const texts = [...Object.values(cases).map(([text]) => text), options]
  const { exact, silent } = Hover.report(
    new Map(texts.map((text, index) => [`case${index}.d.ts`, text])),
    Object.fromEntries(texts.map((_, index) => [`${index}: `, `case${index}`]))
  )

  it.each(Object.entries(cases).map(([what, [, ...found]], index) => ({ what, found, index })))(
    "finds $what",
    ({ found, index }) => {
      const its = `${index}: `
      const all = silent.filter((each) => each.startsWith(its)).map((each) => each.slice(its.length))
      assert.deepStrictEqual(all, found)
    }
  )

  it("finds options that may be left out, and not be undefined, however deep", () => {
    const its = `${texts.length - 1}: RunOptions.`
    assert.deepStrictEqual(exact, [`${its}limit`, `${its}backoff.base`])
  })

  it("does not take what it cannot read for nothing to tell", () => {
    assert.throws(() => Hover.report(new Map(), { "": "index" }), "exports nothing")
  })
})
