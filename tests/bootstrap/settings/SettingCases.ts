/** The defaults and the limits of every setting, and a way to load settings from texts. */
import { generateKeyPairSync, type KeyObject } from "node:crypto"
import { availableParallelism } from "node:os"
import { ConfigProvider, Effect, Redacted } from "effect"
import type { ProgramDefaults } from "../../../bootstrap/settings/SettingSources.ts"
import { Database, loadSettings, type Settings } from "../../../bootstrap/settings/Settings.ts"
import type { TracingSettings } from "../../../bootstrap/settings/tracingSettings.ts"

/** Loads the settings from these variables alone. */
export const load = (env: Record<string, string> = {}, defaults: ProgramDefaults = {}) =>
  loadSettings(defaults).pipe(Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env })))

const fewConnections = Math.min(Math.max(availableParallelism() + 2, 4), 10)

const pem = (key: KeyObject): string => key.export({ type: "pkcs8", format: "pem" }).toString()
export const privateKey = pem(generateKeyPairSync("ed25519").privateKey)
export const rsaKey = pem(generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey)

export interface Case {
  readonly setting: string
  /** The value that the setting determines. */
  readonly of: (settings: Settings) => unknown
  readonly byDefault: unknown
  readonly good: ReadonlyArray<readonly [text: string, value: unknown]>
  readonly malformed: ReadonlyArray<string>
  /** Other settings that must be given for it to have an effect. */
  readonly given?: Record<string, string>
}

const duration = (setting: string, of: Case["of"], byDefault: number, tooShort: string, tooLong: string): Case => ({
  setting,
  of,
  byDefault,
  good: [
    ["60 seconds", 60_000],
    ["1 minute", 60_000],
    ["2 minutes", 120_000],
    ["1 second", 1000],
  ],
  malformed: [
    "1h",
    "60",
    "soon",
    "1 fortnight",
    "Infinity",
    "-1 second",
    "1 nanosecond",
    tooShort,
    tooLong,
    "NaN days",
  ],
})

const number = (setting: string, of: Case["of"], byDefault: number, least: number, most: number): Case => ({
  setting,
  of,
  byDefault,
  good: [
    [String(least), least],
    [String(most), most],
    [` ${least} `, least],
  ],
  malformed: [String(least - 1), String(most + 1), "x", "1.5", "1e1", "0x10", "99999999999999999999", "1 2"],
})

/** What a setting determines while traces are on. */
const ofTracing = (of: (tracing: TracingSettings) => unknown) => ({
  of: ({ tracing }: Settings) => tracing && of(tracing),
  given: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://localhost:4318/v1/traces" },
})

/** Every setting but `NODE_ENV`, which has its own tests. */
export const cases: ReadonlyArray<Case> = [
  {
    setting: "HOST",
    of: ({ host }) => host,
    byDefault: "127.0.0.1",
    good: [
      ["0.0.0.0", "0.0.0.0"],
      ["::1", "::1"],
      ["tasks.internal", "tasks.internal"],
    ],
    malformed: ["http://x", "two words", "x/y", "h".repeat(256)],
  },
  number("PORT", ({ port }) => port, 3000, 0, 65_535),
  {
    ...number("WORKERS", ({ workers }) => workers, 1, 1, 64),
    good: [
      ["1", 1],
      ["64", 64],
      ["auto", Math.min(availableParallelism(), 64)],
    ],
    given: { DATABASE_URL: "postgres://localhost/tasks", REDIS_URL: "redis://localhost" },
  },
  {
    setting: "PUBLIC_URL",
    of: ({ publicUrl }) => publicUrl,
    byDefault: "http://127.0.0.1:3000",
    good: [
      ["https://tasks.example.com", "https://tasks.example.com"],
      ["https://tasks.example.com/", "https://tasks.example.com"],
      ["http://Tasks.Example.com:8080/base//", "http://tasks.example.com:8080/base"],
      ["http://[::1]:3000", "http://[::1]:3000"],
    ],
    malformed: [
      "tasks.example.com",
      "/tasks",
      "ftp://x",
      "https://u:p@x",
      "https://x?y",
      "https://x#y",
      "https://x//y",
      "https://x/y//z",
      "https://",
      "a b",
    ],
  },
  {
    setting: "CORS_ORIGINS",
    of: ({ corsOrigins }) => corsOrigins,
    byDefault: [],
    good: [
      ["https://app.example.com", ["https://app.example.com"]],
      ["https://a.example , http://localhost:5173", ["https://a.example", "http://localhost:5173"]],
      ["https://a.example,https://a.example", ["https://a.example"]],
    ],
    malformed: [
      "*",
      "null",
      "https://*.example.com",
      "https://a.example/",
      "https://a.example/path",
      "https://a.example:443",
      "a.example",
      "https://a.example,",
      "https://a.example https://b.example",
      "file:///x",
      Array.from({ length: 101 }, (_, index) => `https://a${index}.example`).join(","),
    ],
  },
  number("TRUST_PROXY", ({ trustedProxies }) => trustedProxies, 0, 0, 10),
  {
    setting: "DATA_DIR",
    of: ({ dataDir, database }) => [dataDir, database],
    byDefault: [".data", Database.Embedded({ dataDir: ".data" })],
    good: [
      ["/var/lib/taskwright", ["/var/lib/taskwright", Database.Embedded({ dataDir: "/var/lib/taskwright" })]],
      ["memory:", [null, Database.Memory()]],
    ],
    malformed: ["a\0b", "d".repeat(1025)],
  },
  {
    setting: "DATABASE_URL",
    of: ({ database }) => (database._tag === "Server" ? Redacted.value(database.url) : database._tag),
    byDefault: "Embedded",
    good: [
      ["postgres://u:hunter2@db:5432/tasks", "postgres://u:hunter2@db:5432/tasks"],
      ["postgresql://db/tasks?sslmode=require", "postgresql://db/tasks?sslmode=require"],
      ["memory:", "Memory"],
    ],
    malformed: [
      ...["mysql://u:hunter2@db/tasks", "hunter2", "postgres:", "postgres:///tasks", "postgres://u:hunter2@ /x"],
      ...["postgres://u:hunter2@db/tasks?sslmod=require", "postgres://u:hunter2@db/tasks?sslmode=hunter2"],
    ],
  },
  number("DATABASE_POOL_SIZE", ({ databasePoolSize }) => databasePoolSize, fewConnections, 1, 200),
  {
    setting: "DATABASE_POOLER",
    of: ({ databasePooler }) => databasePooler,
    byDefault: "none",
    good: [
      ["transaction", "transaction"],
      ["none", "none"],
    ],
    malformed: ["session", "statement", "true", "6432"],
  },
  {
    setting: "REDIS_URL",
    of: ({ redisUrl }) => redisUrl && Redacted.value(redisUrl),
    byDefault: null,
    good: [
      ["redis://localhost:6379", "redis://localhost:6379"],
      ["rediss://:hunter2@cache:6380/1", "rediss://:hunter2@cache:6380/1"],
      ["redis+sentinel://a:26379,b/mymaster", "redis+sentinel://a:26379,b/mymaster"],
      ["rediss+cluster://u:hunter2@a:7000,b:7001", "rediss+cluster://u:hunter2@a:7000,b:7001"],
    ],
    malformed: ["localhost:6379", "http://:hunter2@cache", "hunter2", "redis+sentinel://:hunter2@cache"],
  },
  {
    setting: "REDIS_KEY_PREFIX",
    of: ({ redisKeyPrefix }) => redisKeyPrefix,
    byDefault: "taskwright:",
    good: [["staging/tasks:", "staging/tasks:"]],
    malformed: ["two words", "a{b}", "ä", "p".repeat(65)],
  },
  {
    setting: "SMTP_URL",
    of: ({ smtpServer }) => smtpServer && `${smtpServer.host}:${smtpServer.port}`,
    byDefault: null,
    good: [
      ["smtp://localhost:1025", "localhost:1025"],
      ["smtps://u:hunter2@mail", "mail:465"],
      ["smtp+starttls://u:hunter2@mail", "mail:587"],
    ],
    malformed: ["localhost:25", "http://u:hunter2@mail", "hunter2", "smtp://u:hunter2@mail?tls.rejectUnauthorized=0"],
  },
  {
    setting: "MAIL_FROM",
    of: ({ mailFrom }) => mailFrom,
    byDefault: { name: "Taskwright", address: "no-reply@localhost" },
    good: [
      ["tasks@example.com", { name: "", address: "tasks@example.com" }],
      ["<tasks@example.com>", { name: "", address: "tasks@example.com" }],
      ["Täsks <tasks@example.com>", { name: "Täsks", address: "tasks@example.com" }],
      ['"Tasks, Inc." <tasks@example.com>', { name: "Tasks, Inc.", address: "tasks@example.com" }],
    ],
    malformed: [
      "Taskwright",
      "a@b@c",
      "a@b, c@d",
      "Tasks <a@b",
      "Tasks\r\nBcc: x <a@b>",
      "Tasks <a @b>",
      "a@b\nX: y",
      "<>",
    ],
  },
  {
    setting: "JWT_PRIVATE_KEYS",
    of: ({ signingKeys }) => signingKeys?.map((key) => pem(key.privateKey)) ?? null,
    byDefault: null,
    good: [
      [privateKey, [privateKey]],
      [privateKey.replaceAll("\n", "\\n"), [privateKey]],
    ],
    malformed: ["hunter2", rsaKey, `${privateKey}hunter2`, privateKey.slice(0, -10)],
  },
  {
    setting: "JWT_ISSUER",
    of: ({ jwtIssuer }) => jwtIssuer,
    byDefault: "http://127.0.0.1:3000",
    good: [["https://id.example.com", "https://id.example.com"]],
    malformed: ["two words", "i".repeat(256), "ïd"],
  },
  {
    setting: "JWT_AUDIENCE",
    of: ({ jwtAudience }) => jwtAudience,
    byDefault: "taskwright",
    good: [["tasks", "tasks"]],
    malformed: ["two words", "a".repeat(256), "ä"],
  },
  duration("ACCESS_TOKEN_TTL", (s) => s.accessTokenLifetimeMillis, 3_600_000, "0 seconds", "25 hours"),
  duration("REFRESH_TOKEN_TTL", (s) => s.refreshPolicy.lifetimeMillis, 604_800_000, "999 millis", "366 days"),
  duration("REFRESH_REUSE_LEEWAY", (s) => s.refreshPolicy.reuseLeewayMillis, 0, "-1 millis", "6 minutes"),
  {
    setting: "DELETED_TASK_RETENTION",
    of: ({ deletedTaskRetentionMillis }) => deletedTaskRetentionMillis,
    byDefault: 2_592_000_000,
    good: [
      ["1 day", 86_400_000],
      ["36 hours", 129_600_000],
      ["3650 days", 315_360_000_000],
    ],
    malformed: ["30", "30d", "for ever", "23 hours", "3651 days", "-30 days", "Infinity"],
  },
  {
    setting: "CHANGE_RETENTION",
    of: ({ changeRetentionMillis }) => changeRetentionMillis,
    byDefault: 7_776_000_000,
    good: [
      ["30 days", 2_592_000_000],
      ["3650 days", 315_360_000_000],
    ],
    malformed: ["90", "90d", "for ever", "23 hours", "3651 days", "-90 days", "Infinity"],
  },
  {
    setting: "IDEMPOTENCY_RETENTION",
    of: ({ idempotencyRetentionMillis }) => idempotencyRetentionMillis,
    byDefault: 86_400_000,
    good: [
      ["1 minute", 60_000],
      ["36 hours", 129_600_000],
      ["30 days", 2_592_000_000],
    ],
    malformed: ["24", "24h", "for ever", "59 seconds", "31 days", "-1 hours", "Infinity"],
  },
  duration("RATE_LIMIT_WINDOW", (s) => s.rateLimits.user.windowMillis, 60_000, "0 seconds", "61 minutes"),
  duration("RATE_LIMIT_WINDOW", (s) => s.rateLimits.token.windowMillis, 60_000, "0 seconds", "61 minutes"),
  duration("RATE_LIMIT_WINDOW", (s) => s.rateLimits.ip.windowMillis, 60_000, "0 seconds", "61 minutes"),
  duration("SHUTDOWN_DELAY", (s) => s.shutdownDelayMillis, 1000, "-1 millis", "6 minutes"),
  number("MAX_IN_FLIGHT", (s) => s.maxInFlight, 1000, 0, 100_000),
  number("STREAMS_PER_USER", (s) => s.streamsPerUser, 5, 1, 1_000),
  {
    setting: "METRICS_TOKEN",
    of: ({ metricsToken }) => (metricsToken === null ? null : Redacted.value(metricsToken)),
    byDefault: null,
    good: [["scrape-scrape-scrape", "scrape-scrape-scrape"]],
    malformed: ["short", "a".repeat(257), "with a space in it"],
  },
  number("RATE_LIMIT_USER", (s) => s.rateLimits.user.limit, 100, 1, 1_000_000),
  number("RATE_LIMIT_TOKEN", (s) => s.rateLimits.token.limit, 100, 1, 1_000_000),
  number("RATE_LIMIT_IP", (s) => s.rateLimits.ip.limit, 20, 1, 1_000_000),
  {
    setting: "EMAIL_VERIFICATION",
    of: ({ emailVerification }) => emailVerification,
    byDefault: "optional",
    good: [
      ["required", "required"],
      ["Optional", "optional"],
    ],
    malformed: ["yes", "true", "toString"],
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
