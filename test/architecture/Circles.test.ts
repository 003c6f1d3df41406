import { assert, describe, it } from "@effect/vitest"
import * as Circles from "./Circles.js"
import * as Imports from "./Imports.js"
import * as Sources from "./Sources.js"

// No file and no room stands in a circle: what stands higher may be read, walked and tested by what it stands on alone.

// How many stand in a circle today. These numbers only go down: who opens a circle lowers them in the same change, and
// nobody raises them.
const filesInCircles = 0
const roomsInCircles = 0

const files = Imports.ofFiles(Sources.read())
const rooms = Imports.ofRooms(files)

const report = (imports: Imports.Imports, expected: number, explained: (circle: Circles.Circle) => string) =>
  [
    `${Circles.standing(imports).length} stand in a circle, where ${expected} should. The circles, the shortest first:`,
    ...Circles.shortest(imports).map(explained)
  ].join("\n  ")

/** Fails with the circles. They are looked for only then: that costs more than counting. */
const standsInCircles = (
  imports: Imports.Imports,
  expected: number,
  explained: (circle: Circles.Circle) => string = Circles.printed
) => {
  const found = Circles.standing(imports).length
  assert.strictEqual(found, expected, found === expected ? undefined : report(imports, expected, explained))
}

/** A circle of rooms, and for each of its edges one import of a file that makes it. */
const byFiles = (circle: Circles.Circle) =>
  [
    Circles.printed(circle),
    ...circle.map((from, at) => `  ${Imports.between(files, from, circle[at + 1] ?? circle[0] ?? from)[0] ?? ""}`)
  ].join("\n  ")

describe("circles", () => {
  it("no file stands in a circle", () => standsInCircles(files, filesInCircles))

  it("no room stands in a circle", () => standsInCircles(rooms, roomsInCircles, byFiles))
})

const planted = (sources: Record<string, string>) => Imports.ofFiles(new Map(Object.entries(sources)))

const circlesOf = (imports: Imports.Imports) => {
  const circles = Circles.shortest(imports)
  assert.deepStrictEqual(Circles.standing(imports), [...new Set(circles.flat())].sort())
  return circles.map(Circles.printed)
}

describe("a planted circle is found", () => {
  const back = 'import * as A from "../A.js"\nexport const b = A.a'
  for (const [kind, text] of [
    ["import", 'import { b } from "./room/b.js"\nexport const a = b'],
    ["import for its effect", 'import "./room/b.js"'],
    ["import type", 'import type { B } from "./room/b.js"'],
    ["import of one type", 'import { type B } from "./room/b.js"'],
    ["import =", 'import b = require("./room/b.js")'],
    ["export *", 'export * from "./room/b.js"'],
    ["export * as", 'export * as B from "./room/b.js"'],
    ["export of names", 'export { b as a } from "./room/b.js"'],
    ["export type", 'export type { B } from "./room/b.js"'],
    ["import()", 'export const a = () => import("./room/b.js").then(({ b }) => b)'],
    ["import() of a template", "export const a = import(`./room/b.js`)"],
    ["a type's import", 'export interface A { readonly b: Array<import("./room/b.js").B> }'],
    ["a type's typeof import", 'export type A = typeof import("./room/b.js")']
  ] as const) {
    it(kind, () => {
      const imports = planted({ "A.ts": text, "room/b.ts": back })
      assert.deepStrictEqual(circlesOf(imports), ["A.ts -> room/b.ts -> A.ts"])
      assert.deepStrictEqual(circlesOf(Imports.ofRooms(imports)), ["A -> room -> A"])
    })
  }

  it("a file that imports itself", () => {
    assert.deepStrictEqual(circlesOf(planted({ "A.ts": 'import type { A } from "./A.js"' })), ["A.ts -> A.ts"])
  })

  it("two rooms, where no file stands in one", () => {
    const imports = planted({
      "high/a.ts": 'import "../low/a.js"',
      "high/deep/b.ts": "export const b = 1",
      "low/a.ts": "export const a = 1",
      "low/b.ts": 'import { b } from "../high/deep/b.js"'
    })
    assert.deepStrictEqual(circlesOf(imports), [])
    assert.deepStrictEqual(circlesOf(Imports.ofRooms(imports)), ["high -> low -> high"])
    assert.deepStrictEqual(Imports.between(imports, "high", "low"), ["high/a.ts -> low/a.ts"])
  })

  it("each of many, the shortest first", () => {
    const imports = planted({
      "a.ts": 'import "./b.js"',
      "b.ts": 'import "./c.js"',
      "c.ts": 'import "./a.js"\nimport "./d.js"',
      "d.ts": 'import "./c.js"\nimport "./e.js"',
      "e.ts": "export {}"
    })
    assert.deepStrictEqual(circlesOf(imports), ["c.ts -> d.ts -> c.ts", "a.ts -> b.ts -> c.ts -> a.ts"])
  })
})

describe("what is no circle", () => {
  it("a stair, with two ways down, other packages, and imports that only a text or a comment names", () => {
    const imports = planted({
      "index.ts": 'export * as A from "./A.js"',
      "A.ts":
        'import * as Effect from "effect/Effect"\nimport { b } from "./room/b.js"\nimport type { C } from "./room/c.js"',
      "room/b.ts": 'import { c } from "./c.js"\nexport const b = c',
      "room/c.ts": '// import "../A.js"\nexport const c = \'import "../A.js"\''
    })
    assert.deepStrictEqual(circlesOf(imports), [])
    assert.deepStrictEqual(circlesOf(Imports.ofRooms(imports)), [])
    assert.deepStrictEqual([...(imports.get("A.ts") ?? [])], ["room/b.ts", "room/c.ts"])
  })
})

describe("an import that cannot be followed is a failure, not a gap", () => {
  for (const [kind, text] of [
    ["of a file that does not exist", 'import "./b.js"'],
    ["of the package by its own name", 'import "effect-toggl-clients/A"'],
    ["of a name that is computed", "export const a = (name: string) => import(name)"]
  ] as const) {
    it(kind, () => {
      assert.throws(() => planted({ "A.ts": text }), /^A\.ts imports /)
    })
  }
})
