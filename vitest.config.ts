import { availableParallelism } from "node:os"
import { defineConfig } from "vitest/config"
import { BaseSequencer, type TestSpecification } from "vitest/node"

// The files that take longest, the longest first: one that began last would keep one worker, and leave the other without work.
const longest = [
  "model/Seeds2",
  "model/Seeds1",
  "laws/OldTab",
  "browser/OutboxCrashes",
  "examples/Demo",
  "laws/Stuck",
  "laws/Poisoned",
  "browser/EngineFirefox",
  "browser/OutboxFrozen",
  "browser/EveryBrowser",
  "browser/EngineChromium",
  "browser/EngineWebKit",
  "browser/OutboxTabs",
  "model/Rules",
  "model/Crashes"
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

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    sequence: { sequencer: LongestFirst },
    // Browsers keep their tests waiting: two cores have work for two workers.
    maxWorkers: availableParallelism(),
    poolOptions: {
      forks: {
        // Loading the library anew for each file took three seconds a file. So a test leaves nothing behind in its worker.
        isolate: false,
        // The model makes much that lives for a moment: with room for it, a quarter of its time is saved.
        execArgv: ["--max-semi-space-size=64"]
      }
    },
    // These end what hangs, and time nothing: a browser on a busy machine may take minutes for what takes seconds elsewhere.
    testTimeout: 300_000,
    hookTimeout: 300_000
  }
})
