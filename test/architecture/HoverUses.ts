/**
 * A use of each public name and of each of its members, as an app would write it.
 *
 * @since 0.1.0
 */
import ts from "typescript"

/**
 * A place to hover over.
 *
 * @since 0.1.0
 * @category models
 */
export interface Asked {
  /** Where in the text of the uses. */
  readonly at: number
  /** The member with what it is a member of, for the report. */
  readonly label: string
  /** The member's own name. */
  readonly name: string
}

/**
 * The uses, where each of them is, and what the walk itself found.
 *
 * @since 0.1.0
 * @category models
 */
export interface Uses {
  /** A module that uses everything once. */
  readonly text: string
  /** Where in it each name stands. */
  readonly asked: ReadonlyArray<Asked>
  /** Options that can be left out, and cannot be `undefined`. */
  readonly exact: ReadonlyArray<string>
}

/** A type that is looked at: how an app writes it, and what the report calls it. */
interface Place {
  readonly text: string
  readonly type: ts.Type
  readonly label: string
  /** Whether an app writes such objects: options. */
  readonly isGiven: boolean
}

// What holds something, and how its content is written.
const contents = new Map<string, (text: string) => string>([
  ["Array", (text) => `${text}[number]`],
  ["ReadonlyArray", (text) => `${text}[number]`],
  ["Effect", (text) => `import("effect/Effect").Effect.Success<${text}>`],
  ["Stream", (text) => `import("effect/Stream").Stream.Success<${text}>`],
  ["Option", (text) => `import("effect/Option").Option.Value<${text}>`],
  ["Either", (text) => `import("effect/Either").Either.Right<${text}>`],
  ["Promise", (text) => `Awaited<${text}>`]
])

const isOptions = (name: string): boolean => /(?:Options|Input|Config)$/.test(name)

const within = (text: string, name: string): string => `${text}[${JSON.stringify(name)}]`

const isOptional = (symbol: ts.Symbol): boolean => (symbol.flags & ts.SymbolFlags.Optional) !== 0

/**
 * Uses of all that the entries show. `imports` is the text that names them `e0`, `e1` and so on, and the program's file at
 * `path` has it.
 *
 * What is not asked of: members of Effect's and JavaScript's own types, whatever has a symbol for a name, `message` (an error's
 * own sentence), and `_tag`: it only tells one type from the others, and the docs of the type, which are asked for, say what that
 * one is.
 *
 * @since 0.1.0
 * @category constructors
 */
export const walk = (
  program: ts.Program,
  path: string,
  folder: string,
  imports: string,
  prefixes: ReadonlyArray<string>
): Uses => {
  const checker = program.getTypeChecker()
  const typeOf = (symbol: ts.Symbol): ts.Type => checker.getTypeOfSymbol(symbol)
  const asked: Array<Asked> = []
  const exact: Array<string> = []
  const seen = new Set<ts.Type | ts.Symbol>()
  const waiting: Array<Place> = []
  let text = imports
  let count = 0

  const isOurs = (symbol: ts.Symbol): boolean =>
    symbol.declarations?.some((declaration) => declaration.getSourceFile().fileName.startsWith(`${folder}/`)) !== false

  const use = (before: string, name: string, after: string, label: string): void => {
    asked.push({ at: text.length + before.length, label, name })
    text += `${before}${name}${after}\n`
  }

  const isSilent = (symbol: ts.Symbol): boolean => {
    const { name } = symbol
    return name.startsWith("__@") || name === "message" || name === "_tag" || !isOurs(symbol)
  }

  const membersOf = (place: Place): void => {
    const { isGiven, label, type } = place
    const properties = checker.getPropertiesOfType(type).filter((symbol) => !isSilent(symbol))
    if (properties.length === 0) return
    const value = `v${(count += 1)}`
    text += `declare const ${value}: ${place.text}\n`
    for (const symbol of properties) {
      const { name } = symbol
      const its = typeOf(symbol)
      use(`${value}.`, name, "", `${label}.${name}`)
      if (isGiven && isOptional(symbol) && !(its.isUnion() && its.types.includes(checker.getUndefinedType()))) {
        exact.push(`${label}.${name}`)
      }
      waiting.push({ text: within(place.text, name), type: its, label: `${label}.${name}`, isGiven })
    }
  }

  const callsOf = ({ label, text, type }: Place): void => {
    for (const signature of type.getCallSignatures()) {
      for (const [index, parameter] of signature.parameters.entries()) {
        const its = typeOf(parameter)
        const given = { type: its, label: `${label}(${parameter.name})`, isGiven: /options$/i.test(parameter.name) }
        waiting.push({ ...given, text: `Parameters<${text}>[${index}]` })
      }
      waiting.push({
        text: `ReturnType<${text}>`,
        type: signature.getReturnType(),
        label: `${label}()`,
        isGiven: false
      })
    }
  }

  const isObject = (type: ts.Type): boolean =>
    (type.flags & ts.TypeFlags.Object) !== 0 || (type.isIntersection() && type.types.every(isObject))

  /** Of these only the parts may be ours. */
  const isForeign = (type: ts.Type): boolean => {
    const symbol = type.getSymbol()
    const kinds = ts.SymbolFlags.Interface | ts.SymbolFlags.Class
    return symbol !== undefined && (symbol.flags & kinds) !== 0 && !isOurs(symbol)
  }

  /** What an app would narrow the union by. */
  const markOf = (type: ts.Type, others: ReadonlyArray<ts.Type>): string => {
    if (type.getCallSignatures().length > 0) return "(...given: never) => unknown"
    if (checker.isArrayType(type)) return "ReadonlyArray<unknown>"
    if (others.length === 0) return "object"
    const properties = checker.getPropertiesOfType(type).filter((symbol) => !isOptional(symbol))
    const isAlone = (symbol: ts.Symbol): boolean =>
      others.every((other) => other.getProperty(symbol.name) === undefined)
    const own = properties.find(isAlone)
    if (own !== undefined) return `{ readonly ${own.name}: unknown }`
    const tells = (symbol: ts.Symbol): boolean =>
      others.every((other) => {
        const its = other.getProperty(symbol.name)
        return its === undefined || !checker.isTypeAssignableTo(typeOf(its), typeOf(symbol))
      })
    const told = properties.find(tells)
    if (told === undefined) return `{ readonly ${properties.map(({ name }) => `${name}: unknown`).join("; ")} }`
    const literal = checker.typeToString(typeOf(told), undefined, ts.TypeFormatFlags.NoTruncation)
    return `{ readonly ${told.name}: ${literal} }`
  }

  const look = (place: Place): void => {
    const { type } = place
    if (type.isUnion()) {
      const objects = type.types.filter(isObject)
      for (const each of objects) {
        const others = type.types.filter((other) => other !== each && (isObject(other) || other.isIntersection()))
        if (seen.has(each)) continue
        look({ ...place, type: each, text: `Extract<${place.text}, ${markOf(each, others)}>` })
      }
      return
    }
    if (!isObject(type) || seen.has(type) || checker.isTupleType(type)) return
    seen.add(type)
    if (isForeign(type)) {
      const content = contents.get(type.symbol.name)
      const its = content === undefined ? undefined : inside(type)
      if (content !== undefined && its !== undefined) {
        waiting.push({ ...place, type: its, text: content(place.text), label: `${place.label}[]` })
      }
      return
    }
    membersOf(place)
    callsOf(place)
  }

  const isReference = (type: ts.Type): type is ts.TypeReference =>
    "target" in type && (type.flags & ts.TypeFlags.Object) !== 0

  const inside = (type: ts.Type): ts.Type | undefined =>
    isReference(type) ? checker.getTypeArguments(type)[0] : undefined

  const isInternal = (symbol: ts.Symbol): boolean => symbol.getJsDocTags().some(({ name }) => name === "internal")

  const exportsOf = (module: ts.Symbol, space: string, prefix: string): void => {
    for (const symbol of checker.getExportsOfModule(module)) {
      const meant = (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol)
      const { name } = symbol
      const label = `${prefix}${name}`
      if (isInternal(symbol) || isInternal(meant) || seen.has(meant)) continue
      seen.add(meant)
      if ((meant.flags & ts.SymbolFlags.Module) !== 0) {
        exportsOf(meant, `${space}.${name}`, `${label}.`)
        continue
      }
      const isValue = (meant.flags & ts.SymbolFlags.Value) !== 0
      if (isValue) use(`${space}.`, name, "", label)
      if ((meant.flags & ts.SymbolFlags.Type) !== 0) {
        const type = checker.getDeclaredTypeOfSymbol(meant)
        const holes = parametersOf(meant).map(() => "never")
        const filled = holes.length === 0 ? "" : `<${holes.join(", ")}>`
        if (!isValue) use(`type t${(count += 1)} = ${space}.`, name, filled, label)
        waiting.push({ text: `${space}.${name}${filled}`, type, label, isGiven: isOptions(name) })
      }
      if (isValue && (meant.flags & ts.SymbolFlags.Class) === 0) {
        const type = typeOf(meant)
        waiting.push({ text: `typeof ${space}.${name}`, type, label, isGiven: false })
      }
    }
  }

  const file = program.getSourceFile(path)
  const modules = file?.statements.filter(ts.isImportDeclaration) ?? []
  for (const [index, { moduleSpecifier }] of modules.entries()) {
    const module = checker.getSymbolAtLocation(moduleSpecifier)
    if (module === undefined) throw new Error(`${moduleSpecifier.getText()} exports nothing`)
    exportsOf(module, `e${index}`, prefixes[index] ?? "")
  }
  for (let place = waiting.shift(); place !== undefined; place = waiting.shift()) look(place)
  return { text, asked, exact }
}

const parametersOf = (symbol: ts.Symbol): ReadonlyArray<ts.TypeParameterDeclaration> =>
  symbol.declarations?.flatMap((declaration) =>
    ts.isInterfaceDeclaration(declaration) ||
    ts.isTypeAliasDeclaration(declaration) ||
    ts.isClassDeclaration(declaration)
      ? (declaration.typeParameters ?? [])
      : []
  ) ?? []
