/**
 * The house as text: a line a room, with the rooms that it imports. The rooms stand on one stair, the highest first, and
 * each imports only what stands below it. An import that others already imply is left out, so that the shape is seen and
 * a line changes only with it.
 *
 * @since 0.1.0
 */
import * as Circles from "./Circles.js"
import type { Imports } from "./Imports.js"

/**
 * The diagram, line by line. Fails where rooms stand in a circle: then there is no stair.
 *
 * @since 0.1.0
 * @category getters
 */
export const lines = (rooms: Imports): ReadonlyArray<string> => {
  const circles = Circles.shortest(rooms)
  if (circles.length > 0) throw new Error(["No stair:", ...circles.map(Circles.printed)].join("\n  "))

  const below = (room: string): ReadonlyArray<string> => [...(rooms.get(room) ?? [])]
  // a room's height is the longest way down from it; its reach is all that it stands on
  const heights = new Map<string, number>()
  const reaches = new Map<string, ReadonlySet<string>>()
  const heightOf = (room: string) => heights.get(room) ?? 0
  const reachOf = (room: string) => reaches.get(room) ?? new Set<string>()
  const measure = (room: string): void => {
    if (heights.has(room)) return
    below(room).forEach(measure)
    heights.set(room, Math.max(-1, ...below(room).map(heightOf)) + 1)
    reaches.set(room, new Set(below(room).flatMap((other) => [other, ...reachOf(other)])))
  }
  for (const room of rooms.keys()) measure(room)

  const downwards = (one: string, other: string) => heightOf(other) - heightOf(one) || (one < other ? -1 : 1)
  const shown = (room: string) =>
    below(room)
      .filter((to) => !below(room).some((other) => reachOf(other).has(to)))
      .sort(downwards)

  const width = Math.max(0, ...[...rooms.keys()].map((room) => room.length))
  return [...rooms.keys()]
    .sort(downwards)
    .map((room) => (shown(room).length === 0 ? room : `${room.padEnd(width)} -> ${shown(room).join(", ")}`))
}

const begin = "<!-- house: npm run house -->"
const end = "<!-- /house -->"

const parts = (document: string) => {
  const [before, rest, ...more] = document.split(begin)
  const [block, after, ...others] = (rest ?? "").split(end)
  if (before === undefined || block === undefined || after === undefined || more.length + others.length > 0) {
    throw new Error(`The document needs ${begin} once, and ${end} once below it`)
  }
  return { before, block, after }
}

/**
 * The diagram that a document shows between its two markers.
 *
 * @since 0.1.0
 * @category getters
 */
export const shownIn = (document: string): ReadonlyArray<string> => {
  const [, text] = /^```\n(.*?)\n?^```$/ms.exec(parts(document).block) ?? []
  return text === undefined || text === "" ? [] : text.split("\n")
}

/**
 * The document with this diagram between its two markers, and all else as it was.
 *
 * @since 0.1.0
 * @category converting
 */
export const putInto = (document: string, diagram: ReadonlyArray<string>): string => {
  const { before, after } = parts(document)
  return [`${before}${begin}`, ["```", ...diagram, "```"].join("\n"), `${end}${after}`].join("\n\n")
}
