import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import * as Public from "./Public.js"
import { sameLines } from "./SameLines.js"
import * as Sources from "./Sources.js"

// What the outside may enter is written down twice, so that neither changes unseen: the paths in package.json, the names
// in docs/api.txt.

const sources = Sources.read()
const textOf = (path: string) => readFileSync(join(Sources.root, path), "utf8")

const decodeManifest = Schema.decodeUnknownSync(Schema.parseJson(Schema.Struct({ exports: Schema.Unknown })))

const built = (path: string) => ({ types: `./dist/${path}.d.ts`, default: `./dist/${path}.js` })

/** Public path to file, both from `src` on. Of the fake Toggl only these three are public. */
const paths: Record<string, string> = {
  ".": "index",
  "./testing": "testing/index",
  "./testing/FakeToggl": "testing/FakeToggl",
  "./testing/Fault": "testing/Fault",
  ...Object.fromEntries(Public.doors(sources).map((door) => [`./${door}`, `doors/${door}`])),
  ...Object.fromEntries(Public.modules(sources).map((module) => [`./${module}`, module]))
}

describe("the paths of the package", () => {
  it("are index and testing, the public modules, the doors, two of the fake Toggl, and nothing else", () => {
    assert.deepStrictEqual(decodeManifest(textOf("package.json")).exports, {
      ...Object.fromEntries(Object.entries(paths).map(([path, file]) => [path, built(file)])),
      "./package.json": "./package.json"
    })
  })

  it("lead to files that exist", () => {
    const missing = Object.values(paths).filter((file) => !sources.has(`${file}.ts`))
    assert.deepStrictEqual(missing, [])
  })

  it("are the only ones: Node opens no other file", () => {
    const { resolve } = createRequire(join(Sources.root, "package.json"))
    const open = new Set(Object.values(paths))
    const closed = [...sources.keys()].map((path) => path.replace(/\.ts$/, "")).filter((file) => !open.has(file))
    assert.isAbove(closed.length, 0)
    for (const file of closed) {
      for (const path of [file, `${file}.js`, `dist/${file}.js`]) {
        assert.throws(() => resolve(`effect-toggl-clients/${path}`), /is not defined by "exports"/)
      }
    }
  })
})

/** `export * as Name from "./Name.js"`, which is all that such a file says. */
const namespaces = (text: string) =>
  [...text.matchAll(/^export \* as (\w+) from "\.\/\1\.js"$/gm)].map(([, name]) => name)

describe("the namespaces", () => {
  it("of index are the public modules, and it exports nothing else", () => {
    const text = sources.get("index.ts") ?? ""
    assert.deepStrictEqual<ReadonlyArray<string | undefined>>(namespaces(text), Public.modules(sources))
    assert.strictEqual(text.match(/^(export|import)\b/gm)?.length, Public.modules(sources).length)
  })

  it("of testing are, among others, what its other two paths open", () => {
    assert.includeMembers([...namespaces(sources.get("testing/index.ts") ?? "")], ["FakeToggl", "Fault"])
  })
})

describe("the public names", () => {
  it("are those of docs/api.txt", () => {
    sameLines(
      textOf("docs/api.txt").trimEnd().split("\n"),
      Public.api(sources),
      "The public names are others than docs/api.txt says. If that is meant: npm run api, and a line in CHANGELOG.md."
    )
  })

  it("are read from every kind of export", () => {
    const planted = new Map([
      [
        "index.ts",
        `export * as Room from "./Room.js"
         export * from "./star.js"
         import { hidden } from "./star.js"
         import type * as Star from "./star.js"
         export { hidden as shown, type Star }
         export type { Both as OnlyType } from "./star.js"
         /** @internal */
         export const ours = 1`
      ],
      [
        "Room.ts",
        `import * as Schema from "effect/Schema"
         export const Id = Schema.Int
         export type Id = number
         export interface Options {}
         export default class {}
         const kept = 1`
      ],
      [
        "star.ts",
        `export class Both {}
         export enum Many { One }
         export function call() {}
         export const { a, b: [c] } = { a: 1, b: [2] }
         /** @internal */
         export interface Ours {}
         export const hidden = 1`
      ]
    ])
    assert.deepStrictEqual(Public.names(planted, { "": "index.ts" }), [
      "Both  both",
      "Many  both",
      "OnlyType  type",
      "Room  namespace",
      "Room.Id  both",
      "Room.Options  type",
      "Room.default  both",
      "Star  namespace",
      "Star.Both  type",
      "Star.Many  type",
      "Star.a  type",
      "Star.c  type",
      "Star.call  type",
      "Star.hidden  type",
      "a  value",
      "c  value",
      "call  value",
      "hidden  value",
      "shown  value"
    ])
  })

  it("are no two types' at once: a hover and an error show the name alone", () => {
    assert.deepStrictEqual(Public.shared(sources), [])
  })

  it("of the door for apps without Effect may be another type's elsewhere, for one app enters by one of them", () => {
    const planted = new Map([
      ["index.ts", "export interface Client {}"],
      ["testing/index.ts", "export {}"],
      ["doors/promise.ts", 'export interface Client {}\nexport * as A from "../A.js"'],
      ["A.ts", 'export interface Twice {}\nexport * as B from "./B.js"'],
      ["B.ts", "export interface Twice {}"]
    ])
    assert.deepStrictEqual(Public.shared(planted), ["promise.A.Twice, promise.A.B.Twice"])
  })

  it("that two types share are found, and one type that two modules show is none", () => {
    const planted = new Map([
      ["index.ts", 'export * as A from "./A.js"\nexport * as B from "./B.js"'],
      ["A.ts", "export interface Options {}\nexport const Id = 1\nexport type Id = number\nexport interface One {}"],
      ["B.ts", 'export interface Options {}\nexport const Id = 2\nexport { type One } from "./A.js"']
    ])
    assert.deepStrictEqual(Public.sharedNames(planted, { "": "index.ts" }), ["A.Options, B.Options"])
  })

  it("are not guessed: one that comes from elsewhere is a failure", () => {
    const planted = new Map([["index.ts", 'export { Option } from "effect"']])
    assert.throws(() => Public.names(planted, { "": "index.ts" }), /^Option comes from elsewhere/)
  })
})
