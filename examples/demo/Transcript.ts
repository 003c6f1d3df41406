/**
 * What the demo prints: numbered steps, aligned rows, and what was checked. Colours only on a terminal, and not where
 * `NO_COLOR` is set.
 *
 * @since 0.1.0
 */
import * as Console from "effect/Console"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { isDeepStrictEqual } from "node:util"

/**
 * A step was not as the demo says.
 *
 * @since 0.1.0
 * @category errors
 */
export class NotAsSaid extends Data.TaggedError("NotAsSaid")<{
  readonly what: string
  readonly expected: unknown
  readonly got: unknown
}> {
  override get message(): string {
    return [`not so: ${this.what}`, `  expected  ${shown(this.expected)}`, `  got       ${shown(this.got)}`].join("\n")
  }
}

const shown = (value: unknown): string => {
  if (Array.isArray(value) && value.length > 0) return value.map(shown).join(`\n${" ".repeat(12)}`)
  return typeof value === "string" ? value : value === undefined ? "nothing" : JSON.stringify(value)
}

type Paint = (text: string) => string

/**
 * How texts are set off from each other.
 *
 * @since 0.1.0
 * @category models
 */
export interface Colours {
  readonly bold: Paint
  readonly dim: Paint
  readonly green: Paint
  readonly yellow: Paint
  readonly red: Paint
}

const paint =
  (enabled: boolean, code: number, end: number): Paint =>
  (text) =>
    enabled ? `\u001b[${code}m${text}\u001b[${end}m` : text

/**
 * The colours of a terminal, or none.
 *
 * @since 0.1.0
 * @category constructors
 */
export const colours = (enabled: boolean): Colours => ({
  bold: paint(enabled, 1, 22),
  dim: paint(enabled, 2, 22),
  green: paint(enabled, 32, 39),
  yellow: paint(enabled, 33, 39),
  red: paint(enabled, 31, 39)
})

/**
 * Whether to print colours to this stream: only to a terminal that knows them, and not against the user's `NO_COLOR`.
 *
 * @since 0.1.0
 * @category getters
 */
export const wantsColours = (
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>
): boolean =>
  stream.isTTY === true && (environment["NO_COLOR"] ?? "") === "" && (environment["TERM"] ?? "dumb") !== "dumb"

/**
 * The transcript of one run.
 *
 * @since 0.1.0
 * @category models
 */
export interface Transcript extends Colours {
  /** A line of its own, with an empty one before it. */
  readonly say: (text: string) => Effect.Effect<void>
  /** The next step, with its number. */
  readonly step: (title: string) => Effect.Effect<void>
  /** What was done, and what came of it; an empty `what` goes on with the row above. */
  readonly row: (what: string, result: string) => Effect.Effect<void>
  /** Says that it is so where `got` equals `expected`, and fails where not. */
  readonly check: <A>(what: string, got: A, expected: A) => Effect.Effect<void, NotAsSaid>
}

const width = 28

/**
 * A transcript on the console.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (colours: Colours): Transcript => {
  let steps = 0
  return {
    ...colours,
    say: (text) => Console.log(`\n${text}`),
    step: (title) =>
      Effect.suspend(() => {
        steps += 1
        return Console.log(`\n${colours.bold(`${steps}  ${title}`)}`)
      }),
    row: (what, result) => Console.log(`   ${what.padEnd(width)} ${result}`.trimEnd()),
    check: (what, got, expected) =>
      isDeepStrictEqual(got, expected)
        ? Console.log(`   ${colours.green("✓")} ${colours.dim(what)}`)
        : Effect.fail(new NotAsSaid({ what, expected, got }))
  }
}
