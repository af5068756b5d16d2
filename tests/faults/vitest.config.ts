/**
 * Runs the tests of faults: the database, Redis, the mail server or clients of whole processes fail. `npm test` leaves
 * them out, because they wait for the timeouts of production.
 */
import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["tests/faults/**/*.test.ts"],
    globalSetup: ["tests/support/services.ts", "tests/support/runFolder.ts"],
    reporters: ["default", "./tests/support/NotRunReporter.ts"],
    // Most of a run waits for timeouts, so the files share the processors well.
    maxWorkers: 4,
    passWithNoTests: false,
    allowOnly: false,
    testTimeout: 1_200_000,
    hookTimeout: 300_000,
  },
})
