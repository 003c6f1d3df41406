import { availableParallelism } from "node:os"
import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Browsers keep their tests waiting: two cores have work for two workers.
    maxWorkers: availableParallelism(),
    // The model makes much that lives for a moment: with room for it, a quarter of its time is saved.
    poolOptions: { forks: { execArgv: ["--max-semi-space-size=64"] } },
    // These end what hangs, and time nothing: a browser on a busy machine may take minutes for what takes seconds elsewhere.
    testTimeout: 300_000,
    hookTimeout: 300_000
  }
})
