import { Config, Effect, Layer, Logger, References } from "effect"

/** The log on standard error, out of the way of what a command prints: errors alone, unless more is asked for. */
export const layer = (isVerbose: boolean) =>
  Layer.mergeAll(
    Logger.layer([Logger.withConsoleError(Logger.formatLogFmt)]),
    Layer.succeed(References.TracerEnabled, false),
    Layer.effect(
      References.MinimumLogLevel,
      isVerbose
        ? Effect.succeed("Debug" as const)
        : // A level that is malformed is said by who reads all settings.
          Effect.orElseSucceed(Config.LogLevel("LOG_LEVEL"), () => "Error" as const),
    ),
  )
