/** Runs the tests that need a browser. `npm test` leaves them out, so that it runs on machines without one. */
import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["tests/browser/**/*.test.ts"],
    globalSetup: ["tests/support/runFolder.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
