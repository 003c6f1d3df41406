/**
 * A budget of the design beside what was measured, and the table of them.
 *
 * @since 0.1.0
 */

/**
 * One row: `measured`, `limit` and `aim` are in `unit`; `detail` says what the number is made of. A row without a limit
 * is there to compare with.
 *
 * @since 0.1.0
 * @category models
 */
export interface Budget {
  readonly work: string
  readonly measured: number
  readonly limit: number | undefined
  readonly aim: number | undefined
  readonly unit: string
  readonly detail: string
}

/**
 * Whether the limit is exceeded.
 *
 * @since 0.1.0
 * @category getters
 */
export const isExceeded = ({ limit, measured }: Budget): boolean => limit !== undefined && !(measured <= limit)

const verdict = (budget: Budget): string => {
  if (budget.limit === undefined) return "to compare"
  if (isExceeded(budget)) return "**exceeded**"
  return budget.aim !== undefined && budget.measured > budget.aim ? "kept" : "kept, aim met"
}

const shown = (value: number | undefined, unit: string) =>
  value === undefined ? "" : `${Number(value.toFixed(2))} ${unit}`

/**
 * The table in Markdown.
 *
 * @since 0.1.0
 * @category formatting
 */
export const table = (budgets: ReadonlyArray<Budget>): string => {
  const rows = budgets.map((budget) => [
    budget.work,
    shown(budget.measured, budget.unit),
    shown(budget.limit, budget.unit),
    shown(budget.aim, budget.unit),
    verdict(budget),
    budget.detail
  ])
  const lines = [
    ["work", "measured", "limit", "aim", "", "made of"],
    ["---", "---:", "---:", "---:", "---", "---"],
    ...rows
  ]
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n")
}

/**
 * The middle value.
 *
 * @since 0.1.0
 * @category statistics
 */
export const median = (values: ReadonlyArray<number>): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}
