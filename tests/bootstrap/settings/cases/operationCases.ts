/** The cases of the settings of operation: limits, the stop, and the log. */
import { Redacted } from "effect"
import { type Case, duration, number } from "./Case.ts"

export const operationCases: ReadonlyArray<Case> = [
  number("RATE_LIMIT_USER", (s) => s.rateLimits.user.limit, 100, 1, 1_000_000),
  number("RATE_LIMIT_TOKEN", (s) => s.rateLimits.token.limit, 100, 1, 1_000_000),
  number("RATE_LIMIT_IP", (s) => s.rateLimits.ip.limit, 20, 1, 1_000_000),
  duration("RATE_LIMIT_WINDOW", (s) => s.rateLimits.user.windowMillis, 60_000, "0 seconds", "61 minutes"),
  duration("RATE_LIMIT_WINDOW", (s) => s.rateLimits.token.windowMillis, 60_000, "0 seconds", "61 minutes"),
  duration("RATE_LIMIT_WINDOW", (s) => s.rateLimits.ip.windowMillis, 60_000, "0 seconds", "61 minutes"),
  number("MAX_IN_FLIGHT", (s) => s.maxInFlight, 1000, 0, 100_000),
  number("STREAMS_PER_USER", (s) => s.streamsPerUser, 5, 1, 1_000),
  duration("SHUTDOWN_DELAY", (s) => s.shutdownDelayMillis, 1000, "-1 millis", "6 minutes"),
  {
    setting: "METRICS_TOKEN",
    of: ({ metricsToken }) => (metricsToken === null ? null : Redacted.value(metricsToken)),
    byDefault: null,
    good: [["scrape-scrape-scrape", "scrape-scrape-scrape"]],
    malformed: ["short", "a".repeat(257), "with a space in it"],
  },
  {
    setting: "LOG_LEVEL",
    of: ({ logLevel }) => logLevel,
    byDefault: "Info",
    good: [
      ["fatal", "Fatal"],
      ["error", "Error"],
      ["WARN", "Warn"],
      ["info", "Info"],
      ["Debug", "Debug"],
      ["trace", "Trace"],
      ["none", "None"],
    ],
    malformed: ["loud", "warning", "1", "constructor"],
  },
  {
    setting: "LOG_FORMAT",
    of: ({ logFormat }) => logFormat,
    byDefault: "json",
    good: [
      ["json", "json"],
      ["pretty", "pretty"],
    ],
    malformed: ["xml", "logfmt"],
  },
]
