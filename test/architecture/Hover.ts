/**
 * What an editor tells of each public name, and of each of its members, to whoever hovers over a use of it.
 *
 * The packed types are read as an app reads them: declarations alone, and a file that uses every member once. The language
 * service is asked at each of these uses.
 *
 * @since 0.1.0
 */
import { join } from "node:path"
import ts from "typescript"
import { root } from "./Sources.js"
import { walk, type Asked } from "./HoverUses.js"

const folder = join(root, "dist").replaceAll("\\", "/")
const usesPath = join(root, "uses.ts").replaceAll("\\", "/")

/**
 * Text by path, from the packed folder on.
 *
 * @since 0.1.0
 * @category models
 */
export type Declarations = ReadonlyMap<string, string>

/** How the package is built, and how the app that uses it is checked. */
const built = (): ts.ParsedCommandLine => {
  const config = ts.getParsedCommandLineOfConfigFile(
    join(root, "tsconfig.build.json"),
    // what the types say is checked elsewhere
    { declarationMap: false, sourceMap: false, emitDeclarationOnly: true, noCheck: true },
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined }
  )
  if (config === undefined) throw new Error("tsconfig.build.json cannot be read")
  return config
}

/**
 * The declarations as they are packed, made of the sources as they are now.
 *
 * @since 0.1.0
 * @category constructors
 */
export const packed = (): Declarations => {
  const { fileNames, options } = built()
  const made = new Map<string, string>()
  ts.createProgram(fileNames, options).emit(undefined, (path, text) => made.set(path.slice(folder.length + 1), text))
  return made
}

/** An editor that has opened nothing but a file of an app's. */
const editorOf = (declarations: Declarations) => {
  const uses = { text: "", version: 0 }
  const textOf = (path: string): string | undefined =>
    path === usesPath
      ? uses.text
      : path.startsWith(`${folder}/`)
        ? declarations.get(path.slice(folder.length + 1))
        : ts.sys.readFile(path)
  const { outDir: _, rootDir: __, ...packaging } = built().options
  const options: ts.CompilerOptions = { ...packaging, noEmit: true, noCheck: false, noUnusedLocals: false }
  const service = ts.createLanguageService({
    getCompilationSettings: () => options,
    getScriptFileNames: () => [usesPath],
    getScriptVersion: (path) => (path === usesPath ? `${uses.version}` : "1"),
    getScriptSnapshot: (path) => {
      const text = textOf(path)
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text)
    },
    getCurrentDirectory: () => root,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (path) =>
      path === usesPath || (path.startsWith(`${folder}/`) ? textOf(path) !== undefined : ts.sys.fileExists(path)),
    readFile: textOf,
    directoryExists: (path) => path === folder || path.startsWith(`${folder}/`) || ts.sys.directoryExists(path)
  })
  return {
    service,
    write: (text: string): ts.Program => {
      uses.text = text
      uses.version += 1
      const program = service.getProgram()
      if (program === undefined) throw new Error("the language service has no program")
      return program
    }
  }
}

// They tell nothing by themselves.
const empty = new Set(
  "a an the of is are be was it its this that to in on for and or by as at field property option member parameter".split(
    " "
  )
)

const wordsOf = (text: string): ReadonlyArray<string> =>
  text
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .filter((word) => word !== "" && !empty.has(word))
    .map((word) => word.replace(/(?<=..)(?:e?s|ed)$/, ""))

/** So many words it takes beyond those of the name. */
const enough = 2

/**
 * Whether a docstring says more than the name that it explains.
 *
 * @since 0.1.0
 * @category guards
 */
export const saysMore = (name: string, text: string): boolean => {
  const known = new Set(wordsOf(name))
  return new Set(wordsOf(text).filter((word) => !known.has(word))).size >= enough
}

/**
 * What was asked of the editor, and what it could not tell.
 *
 * @since 0.1.0
 * @category models
 */
export interface Report {
  /** How many names and members were hovered over. */
  readonly asked: number
  /** Those of which nothing is told, or no more than the name says. */
  readonly silent: ReadonlyArray<string>
  /** Options that can be left out, and cannot be `undefined`: `{ limit: maybe }` does not compile for them. */
  readonly exact: ReadonlyArray<string>
}

const problemOf = (service: ts.LanguageService, { at, label, name }: Asked): ReadonlyArray<string> => {
  const info = service.getQuickInfoAtPosition(usesPath, at)
  if (info === undefined) return [`${label}: the editor knows nothing of it`]
  const text = ts.displayPartsToString(info.documentation)
  return text === "" ? [label] : saysMore(name, text) ? [] : [`${label}: ${text}`]
}

/**
 * Hovers over everything that the entries show. They are named by what stands before their names in the report.
 *
 * @since 0.1.0
 * @category getters
 */
export const report = (declarations: Declarations, entries: Readonly<Record<string, string>>): Report => {
  const { service, write } = editorOf(declarations)
  const imports = Object.values(entries).map((path, index) => `import * as e${index} from "./dist/${path}.js"\n`)
  const program = write(imports.join(""))
  const { asked, exact, text } = walk(program, usesPath, folder, imports.join(""), Object.keys(entries))
  const wrong = write(text).getSemanticDiagnostics(service.getProgram()?.getSourceFile(usesPath))
  const [first] = wrong
  if (first !== undefined) {
    const line = text.slice(0, first.start).split("\n").length - 1
    throw new Error(`${ts.flattenDiagnosticMessageText(first.messageText, "\n")}: ${text.split("\n")[line] ?? ""}`)
  }
  return { asked: asked.length, silent: asked.flatMap((each) => problemOf(service, each)), exact }
}
