// The service worker: the app opens without a network, and what waits is sent when the network is back, also without a page.
import { proxy } from "effect-toggl-clients/promise"
import { onSync } from "effect-toggl-clients/worker"
import { serveFiles } from "./workerFiles.ts"

serveFiles()

// The page's own `account` and `baseUrl`, and the cookie of the browser's session.
onSync(() => ({ credentials: proxy() }))
