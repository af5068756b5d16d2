/** Runs the tests of a release: the packages, the blocks of the pages, and the benchmarks. `npm test` leaves them out. */
import { defineConfig } from "vitest/config"
import { releaseTests } from "./files.ts"

export default defineConfig({
  test: {
    include: releaseTests,
    globalSetup: ["tests/support/services.ts", "tests/support/runFolder.ts"],
    reporters: ["default", "./tests/support/NotRunReporter.ts"],
    maxWorkers: 3,
    passWithNoTests: false,
    allowOnly: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
})
