/**
 * The app has closed what was called: nothing of the call was stored.
 *
 * @since 0.1.0
 * @category errors
 */
export class Closed extends Error {
  /** Tells it from the other errors. */
  readonly _tag = "Closed"
  /** The error's name, as it is printed. */
  override readonly name = "Closed"
  /** What to do. */
  override readonly message = "This was closed: open it again."
}
