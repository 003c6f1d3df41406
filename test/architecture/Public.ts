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

/**
 * Every public name with its kind (`value`, `type`, `both`, `namespace`), a line each, sorted. A name is public where an
 * entry exports it, in a namespace or not, and no `@internal` takes it out of the declarations.
 *
 * @since 0.1.0
 * @category getters
 */
export const names = (sources: Sources, entries: Readonly<Record<string, string>>): ReadonlyArray<string> => {
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
  const checker = program.getTypeChecker()

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
    .flatMap(([prefix, path]) => {
      const file = program.getSourceFile(`/${path}`)
      const module = file === undefined ? undefined : checker.getSymbolAtLocation(file)
      if (module === undefined) throw new Error(`${path} exports nothing`)
      return within(prefix, module, false)
    })
    .sort()
}

/**
 * What `docs/api.txt` must hold. Every other public path is a namespace of one of the first two.
 *
 * @since 0.1.0
 * @category getters
 */
export const api = (sources: Sources): ReadonlyArray<string> =>
  names(sources, {
    "": "index.ts",
    "testing.": "testing/index.ts",
    ...Object.fromEntries(doors(sources).map((door) => [`${door}.`, `doors/${door}.ts`]))
  })
