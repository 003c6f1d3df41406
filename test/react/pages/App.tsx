/**
 * A screen below the provider, as the server and the page both render it.
 *
 * @since 0.1.0
 */
import * as React from "react"
import type { TogglClients } from "../../../src/doors/promise.js"
import { TogglProvider, useClients } from "../../../src/doors/react.js"
import { screens, type Shown } from "./Screens.js"
import { Caught } from "./Told.js"

/** How it is shown. */
export interface Mounted extends Shown {
  readonly screen: keyof typeof screens
  /** Whether it is kept without being shown, as a tab that is not in front: React 19 alone. */
  readonly isHidden?: boolean | undefined
  /** Whether the same clients are asked for above what may be hidden. */
  readonly isHeld?: boolean | undefined
  /** Whether something beside it is still to be loaded. */
  readonly isLate?: boolean | undefined
  /** What is wrong with the provider: it is left out, or is given no Toggl. */
  readonly wrong?: "no provider" | "no Toggl" | undefined
}

let arrive: (() => void) | undefined

const Late = React.lazy(
  () =>
    new Promise<{ readonly default: () => null }>((resolve) => {
      arrive = () => resolve({ default: () => null })
    })
)

/** What is late comes. */
export const arrives = (): void => arrive?.()

const Held = ({ children, options, workspaceId }: Shown & { readonly children: React.ReactNode }) => {
  useClients(workspaceId, options)
  return children
}

/** The app. */
export const App = ({
  isHeld = false,
  isHidden,
  isLate = false,
  screen,
  toggl,
  wrong,
  ...shown
}: Mounted & { readonly toggl: TogglClients }) => {
  const Screen = screens[screen]
  const screenful = <Screen {...shown} />
  const below = isLate ? (
    <React.Suspense fallback={<p>something is late</p>}>
      {screenful}
      <Late />
    </React.Suspense>
  ) : (
    screenful
  )
  const hideable =
    isHidden !== undefined && "Activity" in React ? (
      <React.Activity mode={isHidden ? "hidden" : "visible"}>{below}</React.Activity>
    ) : (
      below
    )
  const provided = {
    "no provider": () => hideable,
    // @ts-expect-error an app in JavaScript may give none
    "no Toggl": () => <TogglProvider>{hideable}</TogglProvider>,
    right: () => <TogglProvider toggl={toggl}>{isHeld ? <Held {...shown}>{hideable}</Held> : hideable}</TogglProvider>
  }
  return <Caught>{provided[wrong ?? "right"]()}</Caught>
}
