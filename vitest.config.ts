import { configDefaults, defineConfig } from "vitest/config"
import { releaseTests } from "./tests/release/files.ts"
import SlowestFirst from "./tests/support/SlowestFirst.ts"

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    globalSetup: ["tests/support/services.ts", "tests/support/runFolder.ts"],
    reporters: ["default", "./tests/support/NotRunReporter.ts"],
    exclude: [...configDefaults.exclude, "tests/{browser,e2e,faults}/**", ...releaseTests],
    // Much of a run waits: for limits, for windows in real time, for processes that start.
    maxWorkers: 4,
    // Loading the modules anew for each file would take a third of the time. A test that needs a process of its own
    // starts one.
    isolate: false,
    sequence: { sequencer: SlowestFirst },
    // A run that checks less than it should fails: without a file, or with a test that excludes the others.
    passWithNoTests: false,
    allowOnly: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    coverage: {
      provider: "v8",
      include: ["domain/**/*.ts", "application/**/*.ts", "adapters/**/*.ts"],
      reporter: ["text-summary"],
      thresholds: {
        "domain/**": { lines: 90 },
        "application/**": { lines: 90 },
        "adapters/**": { lines: 90 },
      },
    },
  },
})
