/** The settings of traces. Their names and values are those of OpenTelemetry. */
import { type Config, Redacted, Result, Schema } from "effect"
import { type SamplerName, samplerNames } from "../../adapters/telemetry/tracing/Sampler.ts"
import { absent, setting } from "./Setting.ts"
import { decodedBy, matching, oneOf } from "./SettingSchemas.ts"

const group = "Traces"

const endpoint = (text: string): Result.Result<string, string | null> => {
  const url = /^[\x21-\x7e]{1,2048}$/.test(text) ? URL.parse(text) : null
  if (url === null || !/^https?:$/.test(url.protocol) || url.hash !== "") return Result.fail(null)
  return url.username !== "" || url.password !== ""
    ? Result.fail("takes no credentials: put them into OTEL_EXPORTER_OTLP_HEADERS")
    : Result.succeed(url.href)
}

const Endpoint = decodedBy(Schema.String, "an absolute http or https URL, like http://localhost:4318", endpoint)

const Pairs = Schema.Record(Schema.String, Schema.String)
type Pairs = typeof Pairs.Type

const maximumPairs = 64
const maximumLength = 8_192

/** Reads `key=value` pairs with commas between them, with percent-encoded values. */
const readPairs = (text: string, key: RegExp, value: RegExp): Result.Result<Pairs, null> => {
  const pairs: Record<string, string> = {}
  const parts = text.split(",").filter((part) => part.trim() !== "")
  if (text.length > maximumLength || parts.length > maximumPairs) return Result.fail(null)
  for (const part of parts) {
    const [, name = "", encoded = ""] = /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/.exec(part) ?? []
    const decoded = Result.try(() => decodeURIComponent(encoded))
    if (!key.test(name) || Result.isFailure(decoded) || !value.test(decoded.success)) return Result.fail(null)
    pairs[name] = decoded.success
  }
  return Result.succeed(pairs)
}

const headerName = /^[\w!#$%&'*+.^`|~-]+$/
const headerValue = /^[\t\x20-\x7e]*$/
const attributeName = /^[\x21-\x7e]{1,255}$/
const attributeValue = /^\P{Cc}{0,1024}$/u

export const tracingSettings = {
  OTEL_EXPORTER_OTLP_ENDPOINT: setting("OTEL_EXPORTER_OTLP_ENDPOINT", {
    group,
    description: "The OpenTelemetry collector that gets the traces of requests, at /v1/traces below this URL.",
    schema: Endpoint,
    default: absent("none: nothing is traced"),
  }),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: setting("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", {
    group,
    description: "The whole URL that gets the traces, in place of the one above.",
    schema: Endpoint,
    default: absent("OTEL_EXPORTER_OTLP_ENDPOINT with /v1/traces"),
  }),
  OTEL_EXPORTER_OTLP_PROTOCOL: setting("OTEL_EXPORTER_OTLP_PROTOCOL", {
    group,
    description: "The encoding of the traces.",
    schema: oneOf("http/json", "http/protobuf"),
    default: "http/json",
  }),
  OTEL_EXPORTER_OTLP_HEADERS: setting("OTEL_EXPORTER_OTLP_HEADERS", {
    group,
    description: "The headers of requests to the collector.",
    schema: decodedBy(
      Schema.toType(Schema.Redacted(Pairs)),
      "key=value pairs with commas between them, and values percent-encoded, like api-key=secret,tenant=tasks",
      (text) => Result.map(readPairs(text, headerName, headerValue), (headers) => Redacted.make(headers)),
    ),
    default: absent("none"),
    isSecret: true,
  }),
  OTEL_SERVICE_NAME: setting("OTEL_SERVICE_NAME", {
    group,
    description: "The name of the service in traces.",
    schema: matching("1 to 255 characters", /^\P{Cc}{1,255}$/u),
    default: absent("service.name of OTEL_RESOURCE_ATTRIBUTES, or taskwright"),
  }),
  OTEL_RESOURCE_ATTRIBUTES: setting("OTEL_RESOURCE_ATTRIBUTES", {
    group,
    description: "More attributes of the process in traces.",
    schema: decodedBy(
      Pairs,
      "key=value pairs with commas between them, and values percent-encoded, like deployment.environment.name=staging",
      (text) => readPairs(text, attributeName, attributeValue),
    ),
    default: absent("none"),
  }),
  OTEL_TRACES_SAMPLER: setting("OTEL_TRACES_SAMPLER", {
    group,
    description:
      "Which traces are recorded. One that begins with parentbased_ follows the caller's decision, if there is one.",
    schema: oneOf(...samplerNames),
    default: "parentbased_always_on",
  }),
  OTEL_TRACES_SAMPLER_ARG: setting("OTEL_TRACES_SAMPLER_ARG", {
    group,
    description: "The part of the traces that traceidratio and parentbased_traceidratio record.",
    schema: decodedBy(Schema.Finite, "a number from 0 to 1, like 0.05", (text) =>
      /^(?:0(?:\.\d{1,15})?|1(?:\.0{1,15})?)$/.test(text) ? Result.succeed(Number(text)) : Result.fail(null),
    ),
    default: "1",
  }),
  OTEL_SDK_DISABLED: setting("OTEL_SDK_DISABLED", {
    group,
    description: "With true, nothing is traced.",
    schema: oneOf("true", "false"),
    default: "false",
  }),
}

/** How the traces of requests are recorded and sent. */
export interface TracingSettings {
  /** The URL that gets the traces. */
  readonly url: string
  readonly protocol: "http/json" | "http/protobuf"
  readonly headers: Redacted.Redacted<Pairs>
  readonly serviceName: string
  readonly resource: Pairs
  readonly sampler: SamplerName
  readonly ratio: number
}

type Values = Config.Success<ReturnType<typeof Config.all<typeof tracingSettings>>>

/** Returns null if nothing is traced: without an endpoint, or if tracing is disabled. */
export const tracingOf = (values: Values): TracingSettings | null => {
  const url = values.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? tracesUnder(values.OTEL_EXPORTER_OTLP_ENDPOINT)
  if (url === null || values.OTEL_SDK_DISABLED === "true") return null
  const { "service.name": name, ...resource } = values.OTEL_RESOURCE_ATTRIBUTES ?? {}
  return {
    url,
    protocol: values.OTEL_EXPORTER_OTLP_PROTOCOL,
    headers: values.OTEL_EXPORTER_OTLP_HEADERS ?? Redacted.make({}),
    serviceName: values.OTEL_SERVICE_NAME ?? name ?? "taskwright",
    resource,
    sampler: values.OTEL_TRACES_SAMPLER,
    ratio: values.OTEL_TRACES_SAMPLER_ARG,
  }
}

const tracesUnder = (endpoint: string | null): string | null => {
  if (endpoint === null) return null
  const url = new URL(endpoint)
  url.pathname = `${url.pathname.replace(/\/$/, "")}/v1/traces`
  return url.href
}

const thisMachine = /^(?:(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** Whether the headers, which can have a key of the collector, would cross a network in plain text. */
export const sendsHeadersInPlainText = ({ headers, url }: TracingSettings): boolean => {
  const { hostname, protocol } = new URL(url)
  return protocol === "http:" && !thisMachine.test(hostname) && Object.keys(Redacted.value(headers)).length > 0
}
