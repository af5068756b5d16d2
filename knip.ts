/** Finds files, exports and dependencies that nothing uses. The public edges of the package count as used. */
import type { KnipConfig } from "knip"
import { entries } from "./packaging/entries.ts"

export default {
  entry: [
    ...Object.values(entries),
    "bootstrap/launcher/launch.ts",
    "packaging/commonPasswords.ts",
    "tests/**/*.test.ts",
    "tests/**/*.script.ts",
    "tests/bench/{bench,check,cores,search,streams,tracing,transfer,versions}.ts",
    "tests/bench/loader/{loader,quotaLoader}.ts",
    "tests/browser/clientPage.ts",
    "tests/clients/typescriptForGenerators.ts",
  ],
  project: ["{adapters,application,bootstrap,domain,packaging,tests}/**/*.ts"],
  // They import code that a test generates.
  ignore: ["tests/clients/consumers/*.ts", "tests/bench/peers/**"],
  // Tests start them by the path of their program.
  ignoreDependencies: [
    "@arethetypeswrong/cli",
    "@arethetypeswrong/core",
    "@hey-api/openapi-ts",
    "openapi-fetch",
    "openapi-typescript",
  ],
  // Programs of the operating system.
  exclude: ["binaries"],
  ignoreExportsUsedInFile: true,
} satisfies KnipConfig
