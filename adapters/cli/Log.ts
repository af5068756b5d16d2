/** The log of the command. */
import { Config, Effect, Layer, Logger, References } from "effect"

/**
 * Logs on standard error, separate from a command's output. It logs errors alone, unless `LOG_LEVEL` or `isVerbose`
 * asks for more.
 */
export const layer = (isVerbose: boolean) =>
  Layer.mergeAll(
    Logger.layer([Logger.withConsoleError(Logger.formatLogFmt)]),
    Layer.succeed(References.TracerEnabled, false),
    Layer.effect(
      References.MinimumLogLevel,
      isVerbose
        ? Effect.succeed("Debug" as const)
        : // A malformed level is reported by the code that reads all settings.
          Effect.orElseSucceed(Config.LogLevel("LOG_LEVEL"), () => "Error" as const),
    ),
  )
