import { assert, describe, it } from "@effect/vitest"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import * as Diagram from "./Diagram.js"
import * as Imports from "./Imports.js"
import { sameLines } from "./SameLines.js"
import * as Sources from "./Sources.js"

// The diagram of the house is made from its imports.

const planted = (sources: Record<string, string>) => Imports.ofRooms(Imports.ofFiles(new Map(Object.entries(sources))))

const house = planted({
  "index.ts": 'export * as Outbox from "./Outbox.js"\nexport * as Client from "./Client.js"',
  "Client.ts": "export const a = 1",
  "Outbox.ts": 'export * from "./outbox/service.js"\nexport { make } from "./outbox/make.js"',
  "outbox/make.ts": 'import "./service.js"\nimport "../replay/loop.js"\nimport "../read/views.js"\nimport "../ids.js"',
  "outbox/service.ts": 'import type { Client } from "../Client.js"',
  "replay/loop.ts": 'import "./deep/run.js"',
  "replay/deep/run.ts": 'import "../../ids.js"',
  "read/views.ts": 'import "../Client.js"',
  "ids.ts": "export const id = 1"
})

const diagram = [
  "index  -> Outbox",
  "Outbox -> outbox",
  "outbox -> read, replay",
  "read   -> Client",
  "replay -> ids",
  "Client",
  "ids"
]

describe("the diagram", () => {
  it("has each room once, the highest first, with what only it says", () => {
    assert.deepStrictEqual(Diagram.lines(house), diagram)
  })

  it("puts no room above one that imports it", () => {
    const order = Diagram.lines(house).map((line) => line.replace(/ .*/, ""))
    for (const [room, imported] of house) {
      for (const below of imported) assert.isBelow(order.indexOf(room), order.indexOf(below), `${room} -> ${below}`)
    }
  })

  it("says which rooms stand in a circle, for which there is no stair", () => {
    const circle = planted({ "high/a.ts": 'import "../low/a.js"', "low/a.ts": 'import type { A } from "../high/a.js"' })
    assert.throws(() => Diagram.lines(circle), "No stair:\n  high -> low -> high")
  })
})

const begin = "<!-- house: npm run house -->"
const end = "<!-- /house -->"

describe("in a document", () => {
  it("it is written between the markers and read again, and all else stays", () => {
    const document = Diagram.putInto(`# House\n\n${begin}\nold\n${end}\n\nMore.\n\n\`\`\`\nother\n\`\`\`\n`, diagram)
    assert.deepStrictEqual(Diagram.shownIn(document), diagram)
    assert.strictEqual(Diagram.putInto(document, diagram), document)
    const block = ["```", ...diagram, "```"].join("\n")
    assert.strictEqual(document, `# House\n\n${begin}\n\n${block}\n\n${end}\n\nMore.\n\n\`\`\`\nother\n\`\`\`\n`)
  })

  for (const [kind, text] of [
    ["neither", "# House\n"],
    ["one", `# House\n${begin}\n`],
    ["the end before the begin", `${end}\n${begin}\n`],
    ["one twice", `${begin}\n${begin}\n${end}\n`]
  ] as const) {
    it(`which has ${kind} of the markers, it is neither written nor read`, () => {
      assert.throws(() => Diagram.putInto(text, diagram), /^The document needs /)
      assert.throws(() => Diagram.shownIn(text), /^The document needs /)
    })
  }

  it("that has another one, the lines that differ are told", () => {
    const old = diagram.map((line) => line.replace("read, replay", "read"))
    const document = Diagram.putInto(`${begin}${end}`, old)
    assert.throws(
      () => sameLines(Diagram.shownIn(document), diagram, "npm run house"),
      "npm run house\n  - outbox -> read\n  + outbox -> read, replay"
    )
  })

  it("of docs/architecture.md is the one that the imports give", () => {
    const document = readFileSync(join(Sources.root, "docs/architecture.md"), "utf8")
    const rooms = Imports.ofRooms(Imports.ofFiles(Sources.read()))
    sameLines(Diagram.shownIn(document), Diagram.lines(rooms), "The diagram is not that of the imports: npm run house.")
  })

  it("of docs/architecture.md stands on files that exist: whatever it names of src and test does", () => {
    const document = readFileSync(join(Sources.root, "docs/architecture.md"), "utf8")
    const laws = document.slice(0, document.indexOf("## The model-based suite"))
    const named = [...laws.matchAll(/`((?:[a-z]+|laws)\/[A-Za-z]+)`/g)].map(([, name = ""]) => name)
    const missing = named.filter((name) => {
      const paths = [`src/${name}.ts`, `test/${name}.ts`, `test/${name}.test.ts`]
      return !paths.some((path) => existsSync(join(Sources.root, path)))
    })
    assert.isAbove(named.length, 50)
    assert.deepStrictEqual(missing, [])
  })
})
