/** Holds a start in production to a stored signing key and to encrypted connections. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { privateKey } from "./cases/keys.ts"
import { load } from "./SettingCases.ts"

describe("NODE_ENV=production", () => {
  it.effect("needs a signing key in production, and nowhere else", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(load({ NODE_ENV: "production" }))
      expect(error.message).toMatch(/^JWT_PRIVATE_KEYS is needed with NODE_ENV=production[^\n\r]+$/)
      const empty = yield* Effect.flip(load({ NODE_ENV: "production", JWT_PRIVATE_KEYS: " " }))
      expect(empty.message).toBe(error.message)
      expect((yield* load({ NODE_ENV: "production", JWT_PRIVATE_KEYS: privateKey })).isProduction).toBe(true)
      for (const NODE_ENV of ["development", "test", ""]) expect((yield* load({ NODE_ENV })).isProduction).toBe(false)
    }),
  )

  it.effect("does not leave it open in production whether a mail server's login is encrypted", () =>
    Effect.gen(function* () {
      const production = { NODE_ENV: "production", JWT_PRIVATE_KEYS: privateKey }
      const error = yield* Effect.flip(load({ ...production, SMTP_URL: "smtp://u:hunter2@mail.example.com" }))
      expect(error.message).toMatch(/^SMTP_URL with a login for another host takes smtps:[^\n\r]+$/)
      expect(error.message).not.toContain("hunter2")
      for (const url of ["smtps://u:p@mail", "smtp+starttls://u:p@mail", "smtp://mail", "smtp://u:p@localhost"]) {
        yield* load({ ...production, SMTP_URL: url })
      }
      yield* load({ SMTP_URL: "smtp://u:p@mail" })
    }),
  )

  it.effect("does not leave it open in production whether a database on another host is reached by TLS", () =>
    Effect.gen(function* () {
      const production = { NODE_ENV: "production", JWT_PRIVATE_KEYS: privateKey }
      const error = yield* Effect.flip(
        load({ ...production, DATABASE_URL: "postgres://u:hunter2@db/t?sslmode=prefer" }),
      )
      expect(error.message).toMatch(/^DATABASE_URL takes sslmode=require[^\n\r]+for another host[^\n\r]+$/)
      expect(error.message).not.toContain("hunter2")
      for (const url of ["db/t", "db/t?sslmode=disable", "db/t?ssl=true", "localhost/t?sslmode=prefer"]) {
        yield* load({ ...production, DATABASE_URL: `postgres://${url}` })
      }
      yield* load({ DATABASE_URL: "postgres://db/t?sslmode=prefer" })
    }),
  )

  it.effect("does not send the headers of a collector on another host in plain text", () =>
    Effect.gen(function* () {
      const OTEL_EXPORTER_OTLP_HEADERS = "api-key=hunter2"
      const production = { NODE_ENV: "production", JWT_PRIVATE_KEYS: privateKey, OTEL_EXPORTER_OTLP_HEADERS }
      const OTEL_EXPORTER_OTLP_ENDPOINT = "http://collector:4318"
      const error = yield* Effect.flip(load({ ...production, OTEL_EXPORTER_OTLP_ENDPOINT }))
      expect(error.message).toMatch(/^OTEL_EXPORTER_OTLP_HEADERS needs an https endpoint[^\n\r]+$/)
      expect(error.message).not.toContain("hunter2")
      for (const url of ["https://collector", "http://localhost:4318", "http://127.0.0.1:4318", "http://[::1]:4318"]) {
        yield* load({ ...production, OTEL_EXPORTER_OTLP_ENDPOINT: url })
      }
      yield* load({ ...production, OTEL_EXPORTER_OTLP_HEADERS: "", OTEL_EXPORTER_OTLP_ENDPOINT })
      yield* load({ ...production, OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_SDK_DISABLED: "true" })
      yield* load({ OTEL_EXPORTER_OTLP_HEADERS, OTEL_EXPORTER_OTLP_ENDPOINT })
    }),
  )
})
