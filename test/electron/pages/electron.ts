/** The `electron` that the real `preload.ts` gets here: over a function of the driver, and in the page's own world. */
import type { IpcRenderer } from "../../../examples/electron/electron.ts"

declare global {
  interface Window {
    readonly toMain: (how: "invoke" | "send", channel: string, args: ReadonlyArray<unknown>) => Promise<unknown>
    heardOfMain: (channel: string, args: ReadonlyArray<unknown>) => void
  }
}

const listeners = new Map<string, Array<Parameters<IpcRenderer["on"]>[1]>>()

window.heardOfMain = (channel, args) => {
  for (const listener of listeners.get(channel) ?? []) listener({}, ...args)
}

export const ipcRenderer: IpcRenderer = {
  invoke: (channel, ...args) => window.toMain("invoke", channel, args),
  send: (channel, ...args) => void window.toMain("send", channel, args),
  on: (channel, listener) => listeners.set(channel, [...(listeners.get(channel) ?? []), listener])
}

export const contextBridge = {
  exposeInMainWorld: (key: string, api: object) => {
    Object.defineProperty(window, key, { value: Object.freeze(api) })
  }
}
