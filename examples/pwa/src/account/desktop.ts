// The desktop app's own doors, where the page runs in it (examples/electron): the token goes to its main process past all requests.

export interface Desktop {
  readonly signIn: (token: string) => Promise<unknown>
  readonly signOut: () => Promise<unknown>
  /** What is done before the app goes: it waits three seconds. Gives what takes it back. */
  readonly onQuit: (flush: () => unknown) => () => void
}

declare global {
  interface Window {
    readonly desktop?: Desktop
  }
}

export const desktop: Desktop | undefined = window.desktop
