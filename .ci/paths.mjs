// Run in an app that has the package installed: each path that the package lists can be imported, and no other file of
// it can, neither by its name nor by its place.
import { readdirSync, readFileSync } from "node:fs"

const name = "effect-toggl-clients"
const folder = new URL(`node_modules/${name}/`, import.meta.url)
const { exports } = JSON.parse(readFileSync(new URL("package.json", folder), "utf8"))

const { "./package.json": _, ...modules } = exports
import.meta.resolve(`${name}/package.json`) // throws where it is closed
for (const path of Object.keys(modules)) {
  const names = Object.keys(await import(`${name}${path.slice(1)}`))
  console.log(`${path}: ${names.length} values`)
}

const open = new Set(Object.values(modules).map((conditions) => conditions.default))
const closed = readdirSync(new URL("dist", folder), { recursive: true })
  .filter((file) => file.endsWith(".js") && !open.has(`./dist/${file}`))
  .flatMap((file) => [file.slice(0, -".js".length), file, `dist/${file}`])
if (!closed.includes("testing/TogglState")) throw new Error("testing/TogglState is not among the closed paths")
for (const path of closed) {
  const code = await import(`${name}/${path}`).then(
    () => "none",
    (error) => error.code
  )
  if (code !== "ERR_PACKAGE_PATH_NOT_EXPORTED") throw new Error(`${name}/${path} should be closed: ${code}`)
}
console.log(`${Object.keys(modules).length} paths are open, ${closed.length} are closed`)
