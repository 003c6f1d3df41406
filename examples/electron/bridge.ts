// What a page gets as `window.desktop`. No Electron, no channel's name and no event goes through.
import type { Answered } from "./account.ts"
import { channels } from "./channels.ts"
import type { IpcRenderer } from "./electron.ts"

export interface Desktop {
  /** Keeps the token in main. Resolves with what `POST api/session` answers on the web, and `isKept` beside the session. */
  readonly signIn: (token: string) => Promise<unknown>
  /** What `DELETE api/session` answers on the web. */
  readonly signOut: () => Promise<unknown>
  /** What is to be done before the app goes: main waits three seconds for it. Gives what takes it back. */
  readonly onQuit: (flush: () => unknown) => () => void
}

export type { Answered }

export const bridge = (ipc: IpcRenderer): Desktop => {
  const flushes = new Set<() => unknown>()
  ipc.on(channels.flush, (_event, id) => {
    void Promise.allSettled([...flushes].map(async (flush) => flush())).then(() => ipc.send(channels.flushed, id))
  })
  return {
    signIn: (token) => ipc.invoke(channels.signIn, token),
    signOut: () => ipc.invoke(channels.signOut),
    onQuit: (flush) => {
      flushes.add(flush)
      return () => void flushes.delete(flush)
    }
  }
}
