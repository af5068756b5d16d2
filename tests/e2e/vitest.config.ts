/** Runs the tests of whole processes: servers, commands and packages. `npm test` leaves them out: they take as long as all others. */
import { configDefaults, defineConfig } from "vitest/config"
import { releaseTests } from "../release/files.ts"

export default defineConfig({
  test: {
    include: ["tests/e2e/**/*.test.ts"],
    exclude: [...configDefaults.exclude, ...releaseTests],
    globalSetup: ["tests/support/services.ts", "tests/support/runFolder.ts"],
    reporters: ["default", "./tests/support/NotRunReporter.ts"],
    // Much of a run waits for processes that start.
    maxWorkers: 3,
    isolate: false,
    passWithNoTests: false,
    allowOnly: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
})
