/**
 * Circles among imports.
 *
 * @since 0.1.0
 */
import * as Graph from "effect/Graph"
import * as Option from "effect/Option"
import type { Imports } from "./Imports.js"

/**
 * Names that import one another in this order, the last one the first.
 *
 * @since 0.1.0
 * @category models
 */
export type Circle = ReadonlyArray<string>

const drawn = (imports: Imports): Graph.DirectedGraph<string, undefined> =>
  Graph.directed((graph) => {
    const indices = new Map([...imports.keys()].sort().map((name) => [name, Graph.addNode(graph, name)]))
    for (const [name, from] of indices) {
      for (const imported of [...(imports.get(name) ?? [])].sort()) {
        const to = indices.get(imported)
        if (to !== undefined) Graph.addEdge(graph, from, to, undefined)
      }
    }
  })

const nameIn = (graph: Graph.DirectedGraph<string, undefined>) => (index: Graph.NodeIndex) =>
  Option.getOrThrow(Graph.getNode(graph, index))

/**
 * Every name from which imports lead back to it. Taking an import out never makes them more.
 *
 * @since 0.1.0
 * @category getters
 */
export const standing = (imports: Imports): ReadonlyArray<string> => {
  const graph = drawn(imports)
  return Graph.stronglyConnectedComponents(graph)
    .filter((group) => group.length > 1 || group.some((index) => Graph.hasEdge(graph, index, index)))
    .flat()
    .map(nameIn(graph))
    .sort()
}

/** Begins at the name that the alphabet has first, so that one circle is written in one way. */
const turned = (circle: Circle): Circle => {
  const first = circle.reduce((least, name, at) => (name < (circle[least] ?? name) ? at : least), 0)
  return [...circle.slice(first), ...circle.slice(0, first)]
}

/**
 * For each import that has a part in a circle the shortest one that it is part of; the shortest first.
 *
 * @since 0.1.0
 * @category getters
 */
export const shortest = (imports: Imports): ReadonlyArray<Circle> => {
  const graph = drawn(imports)
  const circles = [...Graph.values(Graph.edges(graph))].flatMap(({ source, target }) =>
    Option.match(Graph.dijkstra(graph, { source: target, target: source, cost: () => 1 }), {
      onNone: () => [],
      onSome: ({ path }) => [turned(path.map(nameIn(graph)))]
    })
  )
  return [...new Map(circles.map((circle) => [printed(circle), circle])).values()].sort(
    (one, other) => one.length - other.length
  )
}

/**
 * @since 0.1.0
 * @category converting
 */
export const printed = (circle: Circle): string => [...circle, ...circle.slice(0, 1)].join(" -> ")
