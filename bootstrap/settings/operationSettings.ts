/** The settings of operation: rate limits, the stop of a server, and the log. */
import { Redacted, Result, Schema } from "effect"
import { absent, setting } from "./Setting.ts"
import { decodedBy, durationMillis, oneOf, wholeNumber } from "./SettingSchemas.ts"

const maximumRequests = 1_000_000

/** Also the default of `RATE_LIMIT_TOKEN`. */
const RATE_LIMIT_USER = setting("RATE_LIMIT_USER", {
  group: "Limits",
  description: "The maximum number of requests of a signed-in user in a window.",
  schema: wholeNumber(1, maximumRequests),
  default: "100",
})

export const operationSettings = {
  RATE_LIMIT_USER,
  RATE_LIMIT_TOKEN: setting("RATE_LIMIT_TOKEN", {
    group: "Limits",
    description: "The maximum number of requests of an API token in a window.",
    schema: wholeNumber(1, maximumRequests),
    default: { described: "RATE_LIMIT_USER", value: RATE_LIMIT_USER },
  }),
  RATE_LIMIT_IP: setting("RATE_LIMIT_IP", {
    group: "Limits",
    description: "The maximum number of other requests of an IP address in a window.",
    schema: wholeNumber(1, maximumRequests),
    default: "20",
  }),
  RATE_LIMIT_WINDOW: setting("RATE_LIMIT_WINDOW", {
    group: "Limits",
    description: "The length of any window in which requests are counted.",
    schema: durationMillis("1 second", "1 hour"),
    default: "60 seconds",
  }),
  MAX_IN_FLIGHT: setting("MAX_IN_FLIGHT", {
    group: "Limits",
    description:
      "The maximum number of requests without a response, beyond which a request gets 503; 0 for any number. Streams, and requests that wait for a change, do not count.",
    schema: wholeNumber(0, 100_000),
    default: "1000",
  }),
  STREAMS_PER_USER: setting("STREAMS_PER_USER", {
    group: "Limits",
    description: "The maximum number of event streams that a user has open in each process.",
    schema: wholeNumber(1, 1_000),
    default: "5",
  }),
  SHUTDOWN_DELAY: setting("SHUTDOWN_DELAY", {
    group: "Shutdown",
    description: "The time that a stopping server continues to serve while its readiness check fails.",
    schema: durationMillis("0 seconds", "5 minutes"),
    default: "1 second",
  }),
  METRICS_TOKEN: setting("METRICS_TOKEN", {
    group: "Log",
    description: "The bearer token of /metrics.",
    schema: decodedBy(
      Schema.toType(Schema.Redacted(Schema.String)),
      "16 to 256 letters, digits and any of - . _ ~ + / =",
      (text) => (/^[\w.~+/=-]{16,256}$/.test(text) ? Result.succeed(Redacted.make(text)) : Result.fail(null)),
    ),
    default: absent("none: only clients of this machine get metrics"),
    isSecret: true,
  }),
  LOG_LEVEL: setting("LOG_LEVEL", {
    group: "Log",
    description: "The lowest level that is logged.",
    schema: oneOf("fatal", "error", "warn", "info", "debug", "trace", "none"),
    default: "info",
  }),
  LOG_FORMAT: setting("LOG_FORMAT", {
    group: "Log",
    description: "The format of the log. On a terminal, the default is pretty.",
    schema: oneOf("json", "pretty"),
    default: "json",
  }),
}
