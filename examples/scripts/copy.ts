// npm run example:copy DIR: the app as the beginning of your own.
import { existsSync, readFileSync } from "node:fs"
import { relative, resolve } from "node:path"
import { copyApp, tarball } from "./copyApp.js"
import { app, argumentsOf, end, here, root } from "./told.js"

const usage = "npm run example:copy -- DIR [--library VERSION_OR_TARBALL]"

const { positionals, values } = argumentsOf({ allowPositionals: true, options: { library: { type: "string" } } }, usage)
const [dir, ...more] = positionals
const to = dir === undefined || more.length > 0 ? end(`Name one folder. Usage: ${usage}`) : here(dir)

if (!relative(app, to).startsWith("..")) end(`${to} is in the app itself: give a folder elsewhere.`)

const version = /"version": "([^"]+)"/.exec(readFileSync(resolve(root, "package.json"), "utf8"))?.[1] ?? "latest"

const libraryOf = (given: string | undefined): string => {
  if (given === undefined) return `^${version}`
  if (/\.(tgz|tar\.gz)$/.test(given)) {
    return existsSync(here(given)) ? tarball(here(given), to) : end(`There is no ${here(given)}.`)
  }
  return /^[\^~]?\d+(\.\d+){0,2}([-+][\w.+-]+)?$|^[a-z]+$/.test(given)
    ? given
    : end(`--library takes a version such as ^${version}, or the path of a tarball, not ${given}.`)
}

await copyApp({ from: app, to, library: libraryOf(values.library) }).catch((error: unknown) =>
  end(error instanceof Error ? error.message : String(error))
)

console.log(`The app is in ${to}. Next:

  cd ${to}
  npm install
  npm run dev                with the demo's Toggl
  TOGGL=real npm run dev     with the real one: sign in on the page with your token
`)
