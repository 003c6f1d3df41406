/**
 * What the outside may enter: the paths of the package, and every name behind them.
 *
 * @since 0.1.0
 */
import { posix } from "node:path"
import ts from "typescript"
import type { Sources } from "./Sources.js"

/**
 * The public modules: at the top of `src` a capital letter says so.
 *
 * @since 0.1.0
 * @category getters
 */
export const modules = (sources: Sources): ReadonlyArray<string> =>
  [...sources.keys()].filter((path) => /^[A-Z]\w*\.ts$/.test(path)).map((path) => path.replace(/\.ts$/, ""))

/**
 * The doors: each file of `doors/` is a public path by its own name, for whom the library itself is too much.
 *
 * @since 0.1.0
 * @category getters
 */
export const doors = (sources: Sources): ReadonlyArray<string> =>
  [...sources.keys()].flatMap((path) => /^doors\/(\w+)\.ts$/.exec(path)?.[1] ?? [])

/** The sources as a file system that holds nothing else: other packages say nothing of which names are ours. */
const hostOf = (sources: Sources): ts.CompilerHost => {
  const textOf = (path: string) => sources.get(posix.relative("/", path))
  return {
    fileExists: (path) => textOf(path) !== undefined,
    readFile: textOf,
    getSourceFile: (path, languageVersion) => {
      const text = textOf(path)
      return text === undefined ? undefined : ts.createSourceFile(path, text, languageVersion)
    },
    getDefaultLibFileName: () => "/lib.d.ts",
    getCurrentDirectory: () => "/",
    getCanonicalFileName: (path) => path,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => "\n",
    writeFile: () => undefined
  }
}

const isAlias = (symbol: ts.Symbol) => (symbol.flags & ts.SymbolFlags.Alias) !== 0

const isInternal = (symbol: ts.Symbol) => symbol.getJsDocTags().some(({ name }) => name === "internal")

const isTypeOnly = (symbol: ts.Symbol) => symbol.declarations?.some(ts.isTypeOnlyImportOrExportDeclaration) === true

const kindOf = ({ flags }: ts.Symbol, typeOnly: boolean) => {
  if ((flags & ts.SymbolFlags.Module) !== 0) return "namespace"
  const value = (flags & ts.SymbolFlags.Value) !== 0 && !typeOnly
  const type = (flags & ts.SymbolFlags.Type) !== 0
  return value && type ? "both" : value ? "value" : "type"
}

const programOf = (sources: Sources, entries: Readonly<Record<string, string>>) => {
  const options: ts.CompilerOptions = {
    noLib: true,
    types: [],
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler
  }
  const program = ts.createProgram(
    Object.values(entries).map((path) => `/${path}`),
    options,
    hostOf(sources)
  )
  return { program, checker: program.getTypeChecker() }
}

const moduleOf = (checker: ts.TypeChecker, program: ts.Program, path: string): ts.Symbol => {
  const file = program.getSourceFile(`/${path}`)
  const module = file === undefined ? undefined : checker.getSymbolAtLocation(file)
  if (module === undefined) throw new Error(`${path} exports nothing`)
  return module
}

/**
 * Every public name with its kind (`value`, `type`, `both`, `namespace`), a line each, sorted. A name is public where an
 * entry exports it, in a namespace or not, and no `@internal` takes it out of the declarations.
 *
 * @since 0.1.0
 * @category getters
 */
export const names = (sources: Sources, entries: Readonly<Record<string, string>>): ReadonlyArray<string> => {
  const { checker, program } = programOf(sources, entries)

  const within = (prefix: string, module: ts.Symbol, typesOnly: boolean): ReadonlyArray<string> =>
    checker.getExportsOfModule(module).flatMap((symbol) => {
      const name = `${prefix}${symbol.name}`
      const meant = isAlias(symbol) ? checker.getAliasedSymbol(symbol) : symbol
      if (meant.declarations === undefined) throw new Error(`${name} comes from elsewhere: its kind is not known`)
      if (isInternal(symbol) || isInternal(meant)) return []
      const typeOnly = typesOnly || isTypeOnly(symbol)
      const kind = kindOf(meant, typeOnly)
      return [`${name}  ${kind}`, ...(kind === "namespace" ? within(`${name}.`, meant, typeOnly) : [])]
    })

  return Object.entries(entries)
    .flatMap(([prefix, path]) => within(prefix, moduleOf(checker, program, path), false))
    .sort()
}

/**
 * Names that several public types have: whoever hovers over one, or reads it in an error, sees only the name. A type that two
 * modules show is one type.
 *
 * @since 0.1.0
 * @category getters
 */
export const sharedNames = (sources: Sources, entries: Readonly<Record<string, string>>): ReadonlyArray<string> => {
  const { checker, program } = programOf(sources, entries)
  const found = new Map<string, Map<ts.Symbol, string>>()
  const look = (prefix: string, module: ts.Symbol): void => {
    for (const symbol of checker.getExportsOfModule(module)) {
      const name = `${prefix}${symbol.name}`
      const meant = isAlias(symbol) ? checker.getAliasedSymbol(symbol) : symbol
      if (isInternal(symbol) || isInternal(meant)) continue
      if ((meant.flags & ts.SymbolFlags.Module) !== 0) look(`${name}.`, meant)
      else if ((meant.flags & ts.SymbolFlags.Type) !== 0) {
        const same = found.get(symbol.name) ?? new Map<ts.Symbol, string>()
        if (!same.has(meant)) same.set(meant, name)
        found.set(symbol.name, same)
      }
    }
  }
  for (const [prefix, path] of Object.entries(entries)) look(prefix, moduleOf(checker, program, path))
  return [...found.values()].filter(({ size }) => size > 1).map((same) => [...same.values()].join(", "))
}

/** What stands behind the public paths. */
const entriesOf = (sources: Sources): Readonly<Record<string, string>> => ({
  "": "index.ts",
  "testing.": "testing/index.ts",
  ...Object.fromEntries(doors(sources).map((door) => [`${door}.`, `doors/${door}.ts`]))
})

// The door for apps without Effect speaks of the same things in types of its own: an app enters by it (and by React's, which
// stands beside it) or by the others, so whoever hovers over `Client` sees one of the two, and only within the doors must a
// name be one type's.
const isPlain = (prefix: string): boolean => ["promise.", "react."].includes(prefix)

const entriesWhere = (sources: Sources, isMeant: (prefix: string) => boolean) =>
  Object.fromEntries(Object.entries(entriesOf(sources)).filter(([prefix]) => isMeant(prefix)))

/**
 * Names that several of our public types have, as an app may meet them: those of the doors for apps without Effect, and all others.
 *
 * @since 0.1.0
 * @category getters
 */
export const shared = (sources: Sources): ReadonlyArray<string> =>
  [isPlain, (prefix: string) => !isPlain(prefix)].flatMap((isMeant) =>
    sharedNames(sources, entriesWhere(sources, isMeant))
  )

/**
 * What `docs/api.txt` must hold. Every other public path is a namespace of one of the first two.
 *
 * @since 0.1.0
 * @category getters
 */
export const api = (sources: Sources): ReadonlyArray<string> => names(sources, entriesOf(sources))
