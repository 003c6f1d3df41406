/**
 * A server's rendering of the app, in a process of its own: prints the markup, and what there is of a browser.
 *
 * @since 0.1.0
 */
import { version } from "react"
import { renderToString } from "react-dom/server"
import { open, proxy } from "../../../src/doors/promise.js"
import { App } from "./App.js"
import { complaints } from "./Told.js"

let isAsked = false
const toggl = open({
  account: "ada",
  credentials: proxy(),
  baseUrl: "/toggl",
  fetch: () => {
    isAsked = true
    return Promise.reject(new Error("a server asks nothing"))
  }
})

const markup = renderToString(<App screen="list" workspaceId={2230580} toggl={toggl} />)
const browser = ["indexedDB", "window", "document"].filter((name) => name in globalThis)
process.stdout.write(
  JSON.stringify({ version, markup, browser, isAsked, complaints, handles: process.getActiveResourcesInfo() })
)
