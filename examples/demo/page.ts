/**
 * The page of the demo: the app as a PWA has it, with its shell in a service worker's cache so that it opens offline.
 *
 * @since 0.1.0
 */
import { Clients, Credentials } from "../../src/index.js"
import * as TogglOptions from "../../src/testing/TogglOptions.js"
import { expose } from "../../test/browser/PageBridge.js"
import * as App from "./App.js"
import * as Settings from "./Settings.js"

const baseUrl = new URLSearchParams(location.search).get("baseUrl") ?? "/api/v9"

const { app } = App.make((merge) =>
  Clients.layerBrowser({
    account: TogglOptions.defaultUser.email,
    credentials: Credentials.token(TogglOptions.defaultUser.apiToken),
    baseUrl,
    merge,
    ...Settings.outbox
  })
)

await navigator.serviceWorker.register("/sw.js")
await navigator.serviceWorker.ready
expose({ ...app })
