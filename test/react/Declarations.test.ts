import { assert, describe, it } from "@effect/vitest"
import { dirname, join } from "node:path"
import ts from "typescript"
import { root } from "../architecture/Sources.js"

// What is shipped of the React door: its module is a client's, and its declarations check with the types of React 18 and 19,
// where no Effect is installed.

const doors = ["react", "promise"].map((door) => join(root, `src/doors/${door}.ts`))
const dist = join(root, "dist")

/** What is emitted of the door, of the one that it is used with, and of all that they import, by the paths from `/dist` on. */
const emitted = (): ReadonlyMap<string, string> => {
  const settings = ts.readConfigFile(join(root, "tsconfig.build.json"), (path) => ts.sys.readFile(path))
  const { options } = ts.parseJsonConfigFileContent(settings.config, ts.sys, root)
  const files = new Map<string, string>()
  ts.createProgram(doors, { ...options, declarationMap: false, sourceMap: false, noCheck: true }).emit(
    undefined,
    (path, text) => files.set(path.replace(dist, "/dist"), text)
  )
  return files
}

const sample = `
import { open, type TogglClients } from "./dist/doors/promise.js"
import { TogglProvider, type TogglProviderProps, useClient, useClients, useEntries, useStatus, useToggl } from "./dist/doors/react.js"
import { memo, type ComponentType } from "react"

const toggl: TogglClients = open({ account: "anna" })

const Row = memo(({ id }: { readonly id: number }) => {
  const shown = useClient(1, id, { freshness: "5 minutes" })
  return shown._tag === "Ready" ? <li>{shown.client.name}</li> : null
})

const Clients = () => {
  const { clients } = useClients(1, { status: "both", name: undefined })
  const waiting: number = useStatus().status?.waiting ?? useEntries().entries.length
  const { create } = useToggl()
  return <ul onClick={() => void create(1, { name: String(waiting) })}>{clients.map(({ id, key }) => <Row key={key} id={id} />)}</ul>
}

export const App = () => <TogglProvider toggl={toggl}><Clients /><Clients /></TogglProvider>
export const Provider: ComponentType<TogglProviderProps> = TogglProvider

// @ts-expect-error no such status
export const Wrong = () => <p>{useClients(1, { status: "gone" })._tag}</p>
// @ts-expect-error no Toggl
export const Without = () => <TogglProvider />
`

/** Where each package of types stands for an app that has this version of React, and nothing else, installed. */
const installed = (version: string): ReadonlyMap<string, string> =>
  new Map(
    [
      ["@types/react", version],
      ["@types/prop-types", "@types/prop-types"],
      ["csstype", "csstype"]
    ].map(([name = "", from = ""]) => [`/node_modules/${name}/`, `${join(root, "node_modules", from)}/`])
  )

/** What the compiler says of that app, the declarations of libraries included. */
const problems = (files: ReadonlyMap<string, string>, app: string, version: string): ReadonlyArray<string> => {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2022.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    jsx: ts.JsxEmit.ReactJSX,
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
    types: []
  }
  const all = new Map([...files, ["/app.tsx", app], ["/package.json", '{ "type": "module" }']])
  const host = ts.createCompilerHost(options)
  const lib = dirname(host.getDefaultLibFileName(options))
  const places = [...installed(version)]
  const textOf = (path: string): string | undefined => {
    const place = places.find(([from]) => path.startsWith(from))
    if (place !== undefined) return ts.sys.readFile(place[1] + path.slice(place[0].length))
    return all.get(path) ?? (path.startsWith(lib) ? ts.sys.readFile(path) : undefined)
  }
  host.fileExists = (path) => textOf(path) !== undefined
  host.readFile = textOf
  host.directoryExists = () => true
  host.getDirectories = () => []
  host.getCurrentDirectory = () => "/"
  host.realpath = (path) => path
  host.getSourceFile = (path, version) => {
    const text = textOf(path)
    return text === undefined ? undefined : ts.createSourceFile(path, text, version)
  }
  return ts
    .getPreEmitDiagnostics(ts.createProgram(["/app.tsx"], options, host))
    .map(({ file, messageText }) => `${file?.fileName ?? ""}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`)
}

const files = emitted()

describe("what is shipped of the React door", () => {
  it("begins by saying that it is a client's", () => {
    const text = files.get("/dist/doors/react.js") ?? ""
    const file = ts.createSourceFile("react.js", text, ts.ScriptTarget.ES2022)
    assert.strictEqual(file.statements[0]?.getText(file), '"use client";')
  })

  it("is all of React that anything else knows of", () => {
    const knows = [...files].filter(
      ([path, text]) => path.endsWith(".js") && /from "react"|require\("react"\)/.test(text)
    )
    assert.deepStrictEqual(
      knows.map(([path]) => path),
      ["/dist/doors/react.js"]
    )
  })

  for (const [version, types] of [
    [18, "@types/react-18"],
    [19, "@types/react"]
  ] as const) {
    it(`checks with the types of React ${version}, where no types of Effect exist`, () => {
      assert.deepStrictEqual(problems(files, sample, types), [])
    })
  }
})
