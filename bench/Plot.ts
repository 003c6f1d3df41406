/**
 * Draws what accepting one change costs against the length of the queue, a line for each library, as an SVG.
 *
 * @since 0.1.0
 */

/**
 * A line: its milliseconds at each length of the queue.
 *
 * @since 0.1.0
 * @category models
 */
export interface Line {
  readonly label: string
  readonly millis: ReadonlyArray<number>
  /** Drawn with dashes. */
  readonly dashed: boolean
}

// Okabe and Ito's colours, which the colour-blind tell apart; the yellow is too pale on white
const colours = ["#0072b2", "#000000", "#d55e00", "#009e73", "#cc79a7", "#e69f00"]
const symbols = ["circle", "square", "diamond", "triangle", "cross", "ring"] as const

const width = 860
const height = 480
const plot = { left: 76, right: 590, top: 66, bottom: 396 }
const labelHeight = 19

const text = (x: number, y: number, words: string, more = "") =>
  `<text x="${x}" y="${y.toFixed(1)}"${more}>${words}</text>`

const mark = (symbol: (typeof symbols)[number] | undefined, x: number, y: number, colour: string): string => {
  const at = `transform="translate(${x.toFixed(1)} ${y.toFixed(1)})" fill="${colour}" stroke="${colour}"`
  switch (symbol) {
    case "square":
      return `<rect ${at} x="-4" y="-4" width="8" height="8"/>`
    case "diamond":
      return `<path ${at} d="M0-6 6 0 0 6-6 0z"/>`
    case "triangle":
      return `<path ${at} d="M0-6 5.5 4-5.5 4z"/>`
    case "cross":
      return `<path ${at} stroke-width="2.5" d="M-4-4 4 4M-4 4 4-4"/>`
    case "ring":
      return `<circle r="4.5" stroke="${colour}" stroke-width="2.5" fill="#fff" cx="${x.toFixed(1)}" cy="${y.toFixed(1)}"/>`
    default:
      return `<circle ${at} r="4.5"/>`
  }
}

/** Labels as near to their line's end as they may be, none over another: they are moved apart, and never change places. */
const apart = (wanted: ReadonlyArray<number>): ReadonlyArray<number> => {
  const order = wanted.map((y, index) => ({ y, index })).sort((one, other) => one.y - other.y)
  for (let pass = 0; pass < 100; pass++) {
    for (const [place, below] of order.entries()) {
      const above = order[place - 1]
      const missing = above === undefined ? 0 : labelHeight - (below.y - above.y)
      if (above === undefined || missing <= 0) continue
      above.y -= missing / 2
      below.y += missing / 2
    }
  }
  const placed = [...wanted]
  for (const { index, y } of order) placed[index] = y
  return placed
}

/**
 * The drawing. The lengths grow from left to right, the first of them none; the cost is on a logarithmic axis.
 *
 * @since 0.1.0
 * @category constructors
 */
export const svg = (
  lengths: ReadonlyArray<number>,
  lines: ReadonlyArray<Line>,
  { legend, note }: { readonly legend: string; readonly note: string }
): string => {
  const all = lines.flatMap(({ millis }) => millis)
  const decades = [Math.floor(Math.log10(Math.min(...all))), Math.ceil(Math.log10(Math.max(...all)))] as const
  const y = (millis: number) =>
    plot.bottom - ((Math.log10(millis) - decades[0]) / (decades[1] - decades[0])) * (plot.bottom - plot.top)
  const x = (index: number) => plot.left + 24 + (index / (lengths.length - 1)) * (plot.right - plot.left - 40)

  const grid: Array<string> = []
  for (let decade = decades[0]; decade <= decades[1]; decade++) {
    const at = y(10 ** decade)
    grid.push(`<path d="M${plot.left} ${at.toFixed(1)}H${plot.right}" stroke="#ccc"/>`)
    grid.push(text(plot.left - 10, at + 4, `${10 ** decade} ms`, ` text-anchor="end"`))
    for (let step = 2; step < 10 && decade < decades[1]; step++) {
      grid.push(`<path d="M${plot.left} ${y(step * 10 ** decade).toFixed(1)}H${plot.right}" stroke="#f0f0f0"/>`)
    }
  }
  for (const [index, length] of lengths.entries()) {
    grid.push(`<path d="M${x(index).toFixed(1)} ${plot.top}V${plot.bottom}" stroke="#ccc"/>`)
    grid.push(text(x(index), plot.bottom + 22, length.toLocaleString("en"), ` text-anchor="middle"`))
  }

  const ends = lines.map(({ millis }) => y(millis.at(-1) ?? Number.NaN))
  const labels = apart(ends)
  const drawn = lines.map(({ dashed, label, millis }, index) => {
    const colour = colours[index % colours.length] ?? "#000"
    const points = millis.map((value, at) => `${x(at).toFixed(1)} ${y(value).toFixed(1)}`)
    const end = x(lengths.length - 1)
    const [from = 0, to = 0] = [ends[index], labels[index]]
    const last = millis.at(-1) ?? Number.NaN
    return [
      `<path d="M${points.join("L")}" fill="none" stroke="${colour}" stroke-width="${index === 0 ? 3.5 : 2}"${dashed ? ` stroke-dasharray="6 4"` : ""}/>`,
      `<path d="M${end + 8} ${from.toFixed(1)}L${plot.right + 8} ${to.toFixed(1)}" stroke="${colour}"/>`,
      ...millis.map((value, at) => mark(symbols[index % symbols.length], x(at), y(value), colour)),
      text(
        plot.right + 13,
        to + 5,
        `${label}, ${last.toFixed(last < 10 ? 1 : 0)} ms`,
        index === 0 ? ` font-weight="bold"` : ""
      )
    ]
  })

  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13" fill="#222">`,
    `<title>What accepting one change costs, by the length of the queue</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    text(plot.left, 28, "What accepting one change costs", ` font-size="18" font-weight="bold"`),
    text(plot.left, 48, legend, ` fill="#555"`),
    ...grid,
    // the first above all others
    ...drawn.toReversed().flat(),
    text((plot.left + plot.right) / 2, plot.bottom + 46, "changes already pending", ` text-anchor="middle"`),
    text(width - 12, height - 10, note, ` text-anchor="end" font-size="11" fill="#777"`),
    `</svg>`,
    ""
  ].join("\n")
}
