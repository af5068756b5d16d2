/** Holds a start in production to a stored signing key and to encrypted connections. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { load, privateKey } from "./SettingCases.ts"

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
})
