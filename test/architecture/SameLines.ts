/**
 * A page that is made from the sources is compared with them by its lines.
 *
 * @since 0.1.0
 */
import { assert } from "@effect/vitest"

/**
 * Fails with the lines that are written and should not be, and with those that should.
 *
 * @since 0.1.0
 * @category assertions
 */
export const sameLines = (written: ReadonlyArray<string>, now: ReadonlyArray<string>, remedy: string): void => {
  const removed = written.filter((line) => !now.includes(line)).map((line) => `- ${line}`)
  const added = now.filter((line) => !written.includes(line)).map((line) => `+ ${line}`)
  assert.deepStrictEqual(written, now, [remedy, ...removed, ...added].join("\n  "))
}
