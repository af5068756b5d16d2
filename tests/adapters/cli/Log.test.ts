/** Holds the log of the command to the level that is asked for. */
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, References } from "effect"
import * as Log from "../../../adapters/cli/Log.ts"

const levelWith = (env: Record<string, string>, isVerbose = false) =>
  Effect.flatMap(References.MinimumLogLevel, Effect.succeed).pipe(
    Effect.provide(Log.layer(isVerbose)),
    Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env })),
  )

describe("the log of the command", () => {
  it.effect("has errors alone, unless LOG_LEVEL or --verbose asks for more", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* levelWith({}), "Error")
      assert.strictEqual(yield* levelWith({ LOG_LEVEL: "" }), "Error")
      assert.strictEqual(yield* levelWith({ LOG_LEVEL: "loud" }), "Error")
      assert.strictEqual(yield* levelWith({ LOG_LEVEL: "trace" }), "Trace")
      assert.strictEqual(yield* levelWith({ LOG_LEVEL: " Info " }), "Info")
      assert.strictEqual(yield* levelWith({ LOG_LEVEL: "none" }, true), "Debug")
    }),
  )
})
