import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs/promises"
import * as Path from "node:path"
import * as Chromium from "./Chromium.js"
import * as Program from "./Program.js"

const [leftOut, found] = await Effect.runPromise(Chromium.findAll())

const probe = new URL("./ProbeProgram.ts", import.meta.url)

const signals = ["SIGINT", "SIGTERM"] as const
type Ending = "close" | "crash" | (typeof signals)[number]

/** Runs the probe in the folder until it has stored something, and then ends it so. */
const stored = (folder: string, chromium: Chromium.Chromium, ending: Ending) => {
  const signal = signals.find((signal) => signal === ending)
  return Program.runIn(folder, chromium, probe, {
    args: [signal === undefined ? ending : "wait"],
    watch: (stdout, child) => {
      if (signal !== undefined && stdout.endsWith("\n")) child.kill(signal)
    }
  })
}

const output = { stdout: "stored in IndexedDB\n", stderr: "" }

describe("the browsers that run here", () => {
  it("are found, one of each source, and a source without one says why", () => {
    for (const { problem, source } of leftOut) console.log(`No browser of the source ${source} is tried: ${problem}`)
    const sources = [...found, ...leftOut].map(({ source }) => source)
    expect(sources.sort()).toEqual(["CHROMIUM_PATH", "playwright", "sparticuz", "system"])
    expect(leftOut.filter(({ problem }) => problem === "")).toEqual([])
    expect(found).not.toEqual([])
  })
})

for (const chromium of found) {
  describe(`${chromium.version} (${chromium.source})`, () => {
    const endings: ReadonlyArray<readonly [when: string, ending: Ending, status: number | NodeJS.Signals]> = [
      ["it is closed", "close", 0],
      ["it crashes", "crash", 0],
      ...signals.map((signal) => [`${signal} ends its program`, signal, signal] as const)
    ]
    for (const [when, ending, status] of endings) {
      it.scopedLive(`stores in IndexedDB, and when ${when} leaves no process and no file behind`, () =>
        Effect.gen(function* () {
          const folder = yield* Program.folder("browser-test")
          expect(yield* stored(folder, chromium, ending)).toEqual({ status, ...output, left: [] })
        })
      )
    }

    it.scopedLive("starts though the path of the temporary folder is too long for a socket", () =>
      Effect.gen(function* () {
        const folder = Path.join(yield* Program.folder("browser-test"), "long".repeat(30))
        yield* Effect.promise(() => Fs.mkdir(folder))
        expect(yield* stored(folder, chromium, "close")).toEqual({ status: 0, ...output, left: [] })
      })
    )
  })
}
