import { assert, describe, it } from "@effect/vitest"
import * as Esbuild from "esbuild"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

// What `npm run build` makes of main and preload.

const folder = fileURLToPath(new URL("../../examples/electron/", import.meta.url))

// installed in an app, and here in its sources
const library = fileURLToPath(new URL("../../src/doors/proxy.ts", import.meta.url))

const bundle = async (entry: string, platform: "node" | "browser") => {
  const { metafile, outputFiles } = await Esbuild.build({
    absWorkingDir: folder,
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    platform,
    format: "cjs",
    external: ["electron"],
    alias: { "effect-toggl-clients/proxy": library },
    logLevel: "silent"
  })
  const imports = Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path))
  return { text: outputFiles.map(({ text }) => text).join(), imports, inputs: Object.keys(metafile.inputs) }
}

describe("the bundle", () => {
  it("of main needs Electron and Node, and no Effect", async () => {
    const { imports, inputs } = await bundle("main.ts", "node")
    assert.include(imports, "electron")
    for (const name of imports) assert.match(name, /^(electron|node:.+)$/)
    assert.isEmpty(inputs.filter((path) => /node_modules\/(effect|@effect)\//.test(path)))
    assert.isNotEmpty(inputs.filter((path) => path.endsWith("doors/proxy.ts")))
  })

  it("of the preload needs Electron only: a sandbox has no Node", async () => {
    const { imports, inputs } = await bundle("preload.ts", "browser")
    assert.deepStrictEqual([...new Set(imports)], ["electron"])
    assert.sameMembers(inputs, ["preload.ts", "bridge.ts", "channels.ts"])
  })

  it("is all that imports Electron", () => {
    const named = (file: string) => /from "electron"/.test(readFileSync(folder + file, "utf8"))
    const files = ["account", "bridge", "channels", "desktop", "electron", "files", "ipc", "keeper", "origin", "quit"]
    assert.isEmpty([...files, "scheme", "upstream", "windows"].filter((name) => named(`${name}.ts`)))
    assert.deepStrictEqual(["main.ts", "preload.ts"].filter(named), ["main.ts", "preload.ts"])
  })
})
