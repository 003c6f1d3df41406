// npm run example:pwa: builds the library and the app, and serves the app with the demo's Toggl or the real one.
import { app, argumentsOf, buildLibrary, end, step, vite } from "./told.js"

const usage = "npm run example:pwa -- [--toggl] [--port N] [--clients N] [--dev]"

const { values } = argumentsOf(
  {
    options: {
      toggl: { type: "boolean" },
      port: { type: "string" },
      clients: { type: "string" },
      dev: { type: "boolean" }
    }
  },
  usage
)

const isCount = (text: string, most: number): boolean => /^\d{1,9}$/.test(text) && Number(text) <= most

const { clients, dev = false, port, toggl = false } = values

if (port !== undefined && (!isCount(port, 65_535) || Number(port) === 0))
  end(`--port takes a number from 1 to 65535, not ${port}.`)
if (clients !== undefined && !isCount(clients, 100_000)) end(`--clients takes a number up to 100000, not ${clients}.`)
if (clients !== undefined && toggl) end("--clients is for the demo's Toggl: leave it or --toggl out.")

await buildLibrary()
if (!dev) await step("Building the app ...", [vite, "build"], { cwd: app })

await step(
  "Starting the app: Ctrl+C ends it.",
  [vite, ...(dev ? [] : ["preview"]), ...(port === undefined ? [] : ["--port", port, "--strictPort"])],
  {
    cwd: app,
    // what is set besides stays, such as TOGGL_BASE_URL
    env: { ...(toggl ? { TOGGL: "real" } : {}), ...(clients === undefined ? {} : { DEMO_CLIENTS: clients }) }
  }
)
