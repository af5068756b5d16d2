import { defineConfig } from "vitest/config"

/** What needs a browser; `npm test` leaves it out, so that it runs on machines without one. */
export default defineConfig({
  test: {
    include: ["tests/browser/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
