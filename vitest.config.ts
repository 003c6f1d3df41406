import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"
import { BaseSequencer, type TestSpecification } from "vitest/node"

// The files that take longest, the longest first: one that began last would keep one worker, and leave the others without work.
const longest = [
  "model/Seeds2",
  "model/Seeds1",
  "pwa/Axe",
  "pwa/App",
  "browser/OutboxCrashes",
  "examples/Demo",
  "examples/Recipes",
  "react/React",
  "browser/EngineFirefox",
  "browser/OutboxFrozen",
  "browser/EveryBrowser",
  "pwa/Typed",
  "browser/BackgroundSync",
  "pwa/Account",
  "pwa/Playground",
  "browser/EngineChromium",
  "browser/EngineWebKit",
  "browser/OutboxTabs",
  "architecture/Hover",
  "model/Rules",
  "model/Crashes",
  "laws/OldTab",
  "laws/Stuck",
  "laws/Poisoned"
]

const rank = ({ moduleId }: TestSpecification): number => {
  const at = longest.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`))
  return at < 0 ? longest.length : at
}

class LongestFirst extends BaseSequencer {
  override async sort(files: Array<TestSpecification>): Promise<Array<TestSpecification>> {
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b))
  }
}

// What starts browsers, or plays the model for minutes, has a worker of its own.
const apart = ["test/{browser,electron,examples,model,pwa,react}/**/*.test.ts"]

// What the examples import as their users do stands here in its sources: tests wait for no build.
const doors = fileURLToPath(new URL("./src/doors/", import.meta.url))

export default defineConfig({
  resolve: { alias: [{ find: /^effect-toggl-clients\/(promise|proxy|react|worker)$/, replacement: `${doors}$1.ts` }] },
  test: {
    projects: [
      { extends: true, test: { name: "apart", include: apart } },
      { extends: true, test: { name: "together", include: ["test/**/*.test.ts"], exclude: apart } }
    ],
    sequence: { sequencer: LongestFirst },
    // The model makes much that lives for a moment: with room for it, a quarter of its time is saved.
    poolOptions: { forks: { execArgv: ["--max-semi-space-size=64"] } },
    // These end what hangs, and time nothing: a browser on a busy machine may take minutes for what takes seconds elsewhere.
    testTimeout: 300_000,
    hookTimeout: 300_000
  }
})
