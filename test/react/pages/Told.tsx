/**
 * What React and the console complain of, and what a component has thrown.
 *
 * @since 0.1.0
 */
import { Component, type ReactNode } from "react"

/** What was written to `console.error` and `console.warn`, and what React recovered from. */
export const complaints: Array<string> = []

for (const kind of ["error", "warn"] as const) {
  console[kind] = (...args: ReadonlyArray<unknown>) => void complaints.push(args.map(String).join(" "))
}

/** For the roots: what React could mend by itself, such as markup that is another than the server's. */
export const onRecoverableError = (error: unknown): void => void complaints.push(String(error))

/** Shows what its children throw. */
export class Caught extends Component<{ readonly children: ReactNode }, { readonly error: unknown }> {
  override readonly state: { readonly error: unknown } = { error: undefined }

  static getDerivedStateFromError(error: unknown) {
    return { error }
  }

  override render(): ReactNode {
    const { error } = this.state
    return error === undefined ? this.props.children : <pre>{error instanceof Error ? String(error) : "no error"}</pre>
  }
}
