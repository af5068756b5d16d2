/** The test files of what a release is made of. They build and install packages, and take a fifth of the time of all tests. */
export const releaseTests = [
  "tests/bench/bench.test.ts",
  "tests/e2e/commandPackage.test.ts",
  "tests/e2e/docs.test.ts",
  "tests/e2e/package.test.ts",
  "tests/adapters/http/client/hoverTexts.test.ts",
]
