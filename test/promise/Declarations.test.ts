import { assert, describe, it } from "@effect/vitest"
import { dirname, join } from "node:path"
import ts from "typescript"
import { root } from "../architecture/Sources.js"

// The declarations of the doors without Effect stand alone: an app that has no Effect installed checks its types, those of libraries too.

const src = join(root, "src")
const doors = ["doors/promise.ts", "doors/worker.ts"].map((path) => join(src, path))

const settings = ts.readConfigFile(join(root, "tsconfig.build.json"), (path) => ts.sys.readFile(path))

/** The declarations of all that the doors import, by their paths from `/dist` on. */
const declared = (): ReadonlyMap<string, string> => {
  const { options } = ts.parseJsonConfigFileContent(settings.config, ts.sys, root)
  const emitted = new Map<string, string>()
  const program = ts.createProgram(doors, {
    ...options,
    noEmit: false,
    emitDeclarationOnly: true,
    declarationMap: false
  })
  program.emit(undefined, (path, text) => {
    emitted.set(path.replace(join(root, "dist"), "/dist"), text)
  })
  return emitted
}

const sample = `
import {
  type ClientSnapshot, type Closed, type ErrorOf, fromRuntime, isErrorOf, isInvalidName, open, proxy, type Store, token,
  type TogglClients
} from "./dist/doors/promise.js"
import { onSync } from "./dist/doors/worker.js"

const toggl: TogglClients = open({ account: "anna", credentials: proxy(), baseUrl: "/api", patience: "5 seconds", reserve: undefined })
open({ account: "anna", credentials: { get: async () => token("x") }, freshness: 60_000 })
fromRuntime({ runFork: () => undefined, dispose: async () => undefined })

// @ts-expect-error no such unit
open({ account: "anna", patience: "5 minuts" })
// @ts-expect-error no credentials
open({ account: "anna", credentials: "x" })

export const name = async (signal: AbortSignal): Promise<string> => {
  const receipt = await toggl.create(1, { name: "Acme", notes: undefined }, { signal })
  return receipt._tag === "Confirmed" ? receipt.value.name : (receipt.client?.name ?? receipt.reason._tag)
}

const sentence = (error: ErrorOf<"takeOver">): string => {
  switch (error._tag) {
    case "Closed":
    case "InvalidConfiguration":
    case "StorageError":
      return error.message
    case "NotTakenOver":
      return error.reason
  }
}

export const told = (error: unknown): string => {
  if (isErrorOf("takeOver", error)) return sentence(error)
  return isInvalidName(error) ? error.reason : String(error)
}

// React's and Svelte's contracts
declare const useSyncExternalStore: <S>(subscribe: (changed: () => void) => () => void, now: () => S, server: () => S) => S
const store: Store<ClientSnapshot> = toggl.client(1, -2)
export const shown: string | undefined = useSyncExternalStore(store.subscribe, store.getSnapshot, store.getServerSnapshot).client?.name
interface Readable<T> { subscribe(this: void, run: (value: T) => void, invalidate?: () => void): () => void }
export const readable: Readable<ClientSnapshot> = store

const stop: () => void = onSync((account) => (account === "anna" ? { credentials: proxy() } : undefined))
onSync(async () => ({ account: "anna", credentials: proxy(), baseUrl: "/api/toggl" }))
export const stopped = stop

export const isError = (closed: Closed): Error => closed
`

/** What the compiler says of an app that has these declarations and nothing else installed. */
const problems = (files: ReadonlyMap<string, string>, app: string): ReadonlyArray<string> => {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2022.d.ts", "lib.dom.d.ts"],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
    types: []
  }
  const all = new Map([...files, ["/app.ts", app], ["/package.json", '{ "type": "module" }']])
  const host = ts.createCompilerHost(options)
  const lib = dirname(host.getDefaultLibFileName(options))
  const textOf = (path: string) => all.get(path) ?? (path.startsWith(lib) ? ts.sys.readFile(path) : undefined)
  host.fileExists = (path) => textOf(path) !== undefined
  host.readFile = textOf
  host.directoryExists = () => true
  host.getDirectories = () => []
  host.getCurrentDirectory = () => "/"
  host.getSourceFile = (path, version) => {
    const text = textOf(path)
    return text === undefined ? undefined : ts.createSourceFile(path, text, version)
  }
  return ts
    .getPreEmitDiagnostics(ts.createProgram(["/app.ts"], options, host))
    .map(({ file, messageText }) => `${file?.fileName ?? ""}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`)
}

describe("the declarations of the doors without Effect", () => {
  const files = declared()

  it("check where no types of Effect exist, with those of libraries", () => {
    assert.deepStrictEqual(problems(files, sample), [])
  })

  it("would not, if one of Effect's were reached", () => {
    const reaching = new Map([...files, ["/dist/doors/promise.d.ts", 'export * from "../Outbox.js"']])
    assert.isTrue(
      problems(reaching, 'export * from "./dist/doors/promise.js"').some((line) => line.includes("'effect/"))
    )
  })

  it("say what is wrong with an app", () => {
    assert.strictEqual(problems(files, 'import { open } from "./dist/doors/promise.js"\nopen({})').length, 1)
  })
})
