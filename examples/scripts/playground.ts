// npm run build:playground: the app as files for any web host, with the demo's Toggl in its service worker.
import { existsSync, readdirSync } from "node:fs"
import { resolve } from "node:path"
import { app, argumentsOf, buildLibrary, end, here, step, vite } from "./told.js"

const { values } = argumentsOf({ options: { out: { type: "string" } } }, "npm run build:playground -- [--out DIR]")

const out = values.out === undefined ? resolve(app, "dist-playground") : here(values.out)

// Vite would remove what is in it
if (values.out !== undefined && existsSync(out) && readdirSync(out).length > 0) {
  end(`${out} is not empty: give a new folder, or an empty one.`)
}

await buildLibrary()
await step("Building the playground ...", [vite, "build", "--mode", "playground", "--outDir", out, "--emptyOutDir"], {
  cwd: app
})
console.log(`The playground is in ${out}. Put that folder on any web host, with https.`)
