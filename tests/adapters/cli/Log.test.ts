/** Holds the log of the command to the level that is asked for. */
import { describe, expect, it } from "@effect/vitest"
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
      expect(yield* levelWith({})).toBe("Error")
      expect(yield* levelWith({ LOG_LEVEL: "" })).toBe("Error")
      expect(yield* levelWith({ LOG_LEVEL: "loud" })).toBe("Error")
      expect(yield* levelWith({ LOG_LEVEL: "trace" })).toBe("Trace")
      expect(yield* levelWith({ LOG_LEVEL: " Info " })).toBe("Info")
      expect(yield* levelWith({ LOG_LEVEL: "none" }, true)).toBe("Debug")
    }),
  )
})
