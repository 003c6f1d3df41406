/** A small app on the promise door, in the place of the app of `examples/pwa`. */
import type { Desktop } from "../../../examples/electron/bridge.ts"
import { open, proxy } from "../../../src/doors/promise.js"
import { expose } from "../../browser/PageBridge.js"

declare global {
  interface Window {
    readonly desktop?: Desktop
  }
}

const { desktop } = window
// who looks up what became of a change waits for the limit first
const toggl = open({
  account: "7",
  credentials: proxy(),
  baseUrl: "/api/toggl",
  patience: "10 seconds",
  requestLimit: "5 seconds",
  margin: "1 second"
})
desktop?.onQuit(() => toggl.flush({ timeLimit: 2500 }))

const api = {
  signIn: (token: string) => desktop?.signIn(token),
  signOut: () => desktop?.signOut(),
  session: async () => {
    const answer = await fetch("/api/session")
    const body: unknown = await answer.json()
    return { status: answer.status, body }
  },
  add: async (workspaceId: number, name: string) => {
    const receipt = await toggl.create(workspaceId, { name })
    return receipt._tag === "Confirmed" ? "Confirmed" : receipt.reason._tag
  },
  names: async (workspaceId: number) => (await toggl.list(workspaceId)).map(({ name }) => name),
  waiting: async () => (await toggl.readEntries()).length,
  replay: () => toggl.replayNow(),
  bridge: () => Object.keys(desktop ?? {}),
  /** All that this page keeps where it could be read: not in IndexedDB, whose rows the tests look at elsewhere. */
  kept: () => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href]),
  runInline: () => {
    const script = document.createElement("script")
    script.textContent = "document.title = 'ran'"
    document.head.append(script)
    return document.title
  },
  ask: (url: string, init?: RequestInit) =>
    fetch(url, init).then(
      ({ status }) => status,
      () => "failed"
    )
}

export type Api = typeof api

expose(api)
