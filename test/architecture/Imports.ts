/**
 * Who imports whom: between the files of `src`, and between its rooms. A room is a folder directly under `src`; a file
 * that stands there is a room of its own.
 *
 * @since 0.1.0
 */
import { posix } from "node:path"
import ts from "typescript"
import type { Sources } from "./Sources.js"

/**
 * To each name the names that it imports.
 *
 * @since 0.1.0
 * @category models
 */
export type Imports = ReadonlyMap<string, ReadonlySet<string>>

/** Where a node names a module, the part that does. */
const named = (node: ts.Node): ts.Node | undefined => {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier
  if (ts.isImportTypeNode(node)) return ts.isLiteralTypeNode(node.argument) ? node.argument.literal : node.argument
  if (ts.isExternalModuleReference(node)) return node.expression
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) return node.arguments[0]
  return undefined
}

/** Every module that a source names: values and types, in declarations and in expressions. */
const specifiers = (path: string, text: string): ReadonlyArray<string> => {
  const found: Array<string> = []
  const visit = (node: ts.Node): void => {
    const name = named(node)
    if (name !== undefined) {
      if (!ts.isStringLiteralLike(name)) throw new Error(`${path} imports what cannot be read: ${node.getText()}`)
      found.push(name.text)
    }
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true))
  return found
}

const isOurs = (specifier: string) => specifier.startsWith(".") || /^effect-toggl-clients(\/|$)/.test(specifier)

/**
 * Which files each file imports. Other packages are left out. Fails where a file imports one that does not exist, or
 * the package by its own name, which would be an import that no one sees here.
 *
 * @since 0.1.0
 * @category constructors
 */
export const ofFiles = (sources: Sources): Imports => {
  const resolved = (path: string, specifier: string) => {
    const target = posix.join(posix.dirname(path), specifier).replace(/\.js$/, ".ts")
    if (!specifier.startsWith(".") || !sources.has(target))
      throw new Error(`${path} imports ${specifier}: no such file`)
    return target
  }
  return new Map(
    [...sources].map(([path, text]) => [
      path,
      new Set(
        specifiers(path, text)
          .filter(isOurs)
          .map((specifier) => resolved(path, specifier))
      )
    ])
  )
}

/**
 * The room that a file stands in: its folder directly under `src`, or its own name.
 *
 * @since 0.1.0
 * @category getters
 */
export const room = (path: string): string => path.replace(/\/.*|\.ts$/, "")

/**
 * Which rooms each room imports, itself left out.
 *
 * @since 0.1.0
 * @category constructors
 */
export const ofRooms = (files: Imports): Imports => {
  const rooms = new Map<string, Set<string>>()
  for (const [path, imported] of files) {
    const from = room(path)
    const to = rooms.get(from) ?? new Set()
    rooms.set(from, to)
    for (const target of imported) if (room(target) !== from) to.add(room(target))
  }
  return rooms
}

/**
 * The imports of files that lead from one room to another.
 *
 * @since 0.1.0
 * @category getters
 */
export const between = (files: Imports, from: string, to: string): ReadonlyArray<string> =>
  [...files].flatMap(([path, imported]) =>
    room(path) === from
      ? [...imported].filter((target) => room(target) === to).map((target) => `${path} -> ${target}`)
      : []
  )
