/**
 * Runs the tests of faults: the database, Redis, the mail server or clients of whole processes fail. `npm test` leaves
 * them out, because they wait for the timeouts of production.
 */
import { defineConfig } from "vitest/config"

/** The tests that compare waits under a flood with quiet ones. Beside other files neither would be the server's own. */
const measured = ["tests/faults/floods.test.ts"]

export default defineConfig({
  test: {
    globalSetup: ["tests/support/services.ts", "tests/support/runFolder.ts"],
    reporters: ["default", "./tests/support/NotRunReporter.ts"],
    passWithNoTests: false,
    allowOnly: false,
    testTimeout: 1_200_000,
    hookTimeout: 300_000,
    projects: [
      {
        extends: true,
        test: {
          name: "faults",
          include: ["tests/faults/**/*.test.ts"],
          exclude: measured,
          // Most of a run waits for timeouts, so the files share the processors well.
          maxWorkers: 4,
          sequence: { groupOrder: 0 },
        },
      },
      { extends: true, test: { name: "measured", include: measured, sequence: { groupOrder: 1 } } },
    ],
  },
})
