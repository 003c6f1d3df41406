/**
 * The page of the demo: the app as a PWA has it, with its shell in a service worker's cache so that it opens offline.
 *
 * @since 0.1.0
 */
import { Clients, Credentials } from "../../src/index.js"
import { open, token } from "../../src/doors/promise.js"
import * as TogglOptions from "../../src/testing/TogglOptions.js"
import { expose } from "../../test/browser/PageBridge.js"
import * as EffectApp from "./EffectApp.js"
import * as PromiseApp from "./PromiseApp.js"
import * as Settings from "./Settings.js"

const query = new URLSearchParams(location.search)
const baseUrl = query.get("baseUrl") ?? "/api/v9"
const account = TogglOptions.defaultUser.email
const { apiToken } = TogglOptions.defaultUser

const { app } = query.has("plain")
  ? PromiseApp.make(
      (merge) => open({ account, credentials: token(apiToken), baseUrl, merge, ...Settings.outbox }),
      new URL(baseUrl, location.href).href
    )
  : EffectApp.make((merge) =>
      Clients.layerBrowser({ account, credentials: Credentials.token(apiToken), baseUrl, merge, ...Settings.outbox })
    )

await navigator.serviceWorker.register("/sw.js")
await navigator.serviceWorker.ready
expose({ ...app })
