/** The log of the command. */
import { Config, Effect, Layer, Logger, LogLevel, References } from "effect"

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
        : Effect.map(
            Effect.orElseSucceed(Config.String("LOG_LEVEL"), () => ""),
            levelOf,
          ),
    ),
  )

/** A malformed level is reported by the code that reads all settings. */
const levelOf = (text: string): LogLevel.LogLevel =>
  LogLevel.values.find((level) => level.toLowerCase() === text.trim().toLowerCase()) ?? "Error"
