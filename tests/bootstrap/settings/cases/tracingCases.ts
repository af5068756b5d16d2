/** The cases of the settings of traces. */
import { Redacted } from "effect"
import type { Settings } from "../../../../bootstrap/settings/Settings.ts"
import type { TracingSettings } from "../../../../bootstrap/settings/tracingSettings.ts"
import type { Case } from "./Case.ts"

/** What a setting determines while traces are on. */
const ofTracing = (of: (tracing: TracingSettings) => unknown) => ({
  of: ({ tracing }: Settings) => tracing && of(tracing),
  given: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://localhost:4318/v1/traces" },
})

export const tracingCases: ReadonlyArray<Case> = [
  {
    setting: "OTEL_EXPORTER_OTLP_ENDPOINT",
    of: ({ tracing }) => tracing?.url ?? null,
    byDefault: null,
    good: [
      ["http://localhost:4318", "http://localhost:4318/v1/traces"],
      ["http://localhost:4318/", "http://localhost:4318/v1/traces"],
      ["https://otel.example.com/base?tenant=a", "https://otel.example.com/base/v1/traces?tenant=a"],
    ],
    malformed: ["localhost:4318", "grpc://x:4317", "http://u:hunter2@x", "http://x#y", "http://", "http://x y", "/v1"],
  },
  {
    setting: "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    of: ({ tracing }) => tracing?.url ?? null,
    byDefault: null,
    good: [
      ["http://localhost:4318/v1/traces", "http://localhost:4318/v1/traces"],
      ["https://x/custom", "https://x/custom"],
    ],
    malformed: ["localhost:4318", "https://u:hunter2@x", "unix:///run/x"],
  },
  {
    setting: "OTEL_EXPORTER_OTLP_PROTOCOL",
    ...ofTracing(({ protocol }) => protocol),
    byDefault: "http/json",
    good: [
      ["http/json", "http/json"],
      ["HTTP/Protobuf", "http/protobuf"],
    ],
    malformed: ["grpc", "http", "json"],
  },
  {
    setting: "OTEL_EXPORTER_OTLP_HEADERS",
    ...ofTracing(({ headers }) => Redacted.value(headers)),
    byDefault: {},
    good: [
      ["api-key=hunter2", { "api-key": "hunter2" }],
      [" a = b%20c%3D , d=e=f==,", { a: "b c=", d: "e=f==" }],
      ["empty=", { empty: "" }],
    ],
    malformed: [
      "hunter2",
      "=hunter2",
      "two words=hunter2",
      "a=%zz",
      "a=hunter2%0d%0aB: c",
      "a=%C3%A4",
      `a=${"x".repeat(9000)}`,
    ],
  },
  {
    setting: "OTEL_SERVICE_NAME",
    ...ofTracing(({ serviceName }) => serviceName),
    byDefault: "taskwright",
    good: [["tasks of ä", "tasks of ä"]],
    malformed: ["a\u0000b", "n".repeat(256)],
  },
  {
    setting: "OTEL_RESOURCE_ATTRIBUTES",
    ...ofTracing(({ resource, serviceName }) => [serviceName, resource]),
    byDefault: ["taskwright", {}],
    good: [
      ["service.name=tasks,deployment.environment.name=a%2Cb", ["tasks", { "deployment.environment.name": "a,b" }]],
      ["host.name=", ["taskwright", { "host.name": "" }]],
    ],
    malformed: [
      "novalue",
      "=x",
      "a b=c",
      "a=%",
      "a=%0a",
      Array.from({ length: 65 }, (_, index) => `k${index}=v`).join(","),
    ],
  },
  {
    setting: "OTEL_TRACES_SAMPLER",
    ...ofTracing(({ sampler }) => sampler),
    byDefault: "parentbased_always_on",
    good: [
      ["always_off", "always_off"],
      ["TraceIdRatio", "traceidratio"],
    ],
    malformed: ["jaeger_remote", "xray", "on", "0.5"],
  },
  {
    setting: "OTEL_TRACES_SAMPLER_ARG",
    ...ofTracing(({ ratio }) => ratio),
    byDefault: 1,
    good: [
      ["0", 0],
      ["0.05", 0.05],
      ["1.0", 1],
    ],
    malformed: ["1.1", "-0.1", "5%", "1e-3", "NaN", "half"],
  },
  {
    setting: "OTEL_SDK_DISABLED",
    ...ofTracing(() => true),
    byDefault: true,
    good: [
      ["true", null],
      ["FALSE", true],
    ],
    malformed: ["1", "yes", "off"],
  },
]
