import { Layer, Logger, References } from "effect"
import type { Settings } from "./Config.ts"

/** One JSON object a line on standard output; made to be read where that is a terminal. */
export const layer = (settings: Pick<Settings, "logFormat" | "logLevel">) =>
  Layer.mergeAll(
    Logger.layer([settings.logFormat === "json" ? Logger.consoleJson : Logger.consolePretty()]),
    Layer.succeed(References.MinimumLogLevel, settings.logLevel),
  )
