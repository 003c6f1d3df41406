import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { basename, join } from "node:path"
import ts from "typescript"
import { root } from "../architecture/Sources.js"

// The examples in the docs of the door without Effect are copied into apps: each is one, as its compiler sees it.

const files = ["src/doors/promise.ts", "src/promise/guards.ts", "src/promise/toggl.ts"]

/** Every example of a file, by where it stands. */
const examplesOf = (file: string): ReadonlyArray<readonly [name: string, text: string]> =>
  Array.from(
    readFileSync(join(root, file), "utf8").matchAll(/@example\n((?: *\*.*\n)+?)(?= *\* @| *\*\/)/g),
    (found) => [`${file.replaceAll("/", ".")}.${found.index}.ts`, (found[1] ?? "").replaceAll(/^ *\* ?/gm, "")]
  )

const examples = new Map(files.flatMap(examplesOf).map(([name, text]) => [join(root, name), text]))

// what the app has besides
const react = join(root, "react.d.ts")
const ofReact = `export declare const useSyncExternalStore: <S>(
  subscribe: (changed: () => void) => () => void,
  now: () => S,
  server: () => S
) => S`

/** What the compiler says of them, by example. */
const problems = (texts: ReadonlyMap<string, string>): ReadonlyArray<string> => {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2022.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    noEmit: true,
    types: [],
    paths: {
      "effect-toggl-clients": [join(root, "src/index.ts")],
      "effect-toggl-clients/promise": [join(root, "src/doors/promise.ts")],
      react: [react]
    }
  }
  const all = new Map([...texts, [react, ofReact]])
  const host = ts.createCompilerHost(options)
  const disk = ts.createCompilerHost(options)
  host.fileExists = (path) => all.has(path) || disk.fileExists(path)
  host.readFile = (path) => all.get(path) ?? disk.readFile(path)
  host.getSourceFile = (path, version) => {
    const text = all.get(path)
    return text === undefined ? disk.getSourceFile(path, version) : ts.createSourceFile(path, text, version)
  }
  const program = ts.createProgram([...texts.keys()], options, host)
  return [...texts.keys()].flatMap((path) => {
    const file = program.getSourceFile(path)
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
      ({ messageText }) => `${basename(path)}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`
    )
  })
}

describe("the examples of the door without Effect", () => {
  it("are found", () => {
    const text = [...examples.values()].join("\n")
    for (const method of ["create", "update", "list", "clients", "client", "entries", "status", "flush", "signIn"]) {
      assert.include(text, `toggl.${method}(`)
    }
    for (const method of ["retry", "discard", "exportEntries", "awaitOutcome", "close"]) {
      assert.include(text, `toggl.${method}(`)
    }
    assert.include(text, "fromRuntime(")
  })

  it("compile, and one that is wrong would not", () => {
    const wrong = join(root, "wrong.ts")
    const text = 'import { open } from "effect-toggl-clients/promise"\nexport const toggl = open({})\n'
    const found = problems(new Map([...examples, [wrong, text]]))
    assert.deepStrictEqual(
      found.filter((problem) => !problem.startsWith("wrong.ts")),
      []
    )
    assert.strictEqual(found.length, 1)
  })
})
