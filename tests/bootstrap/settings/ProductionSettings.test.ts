/** Holds a start in production to a stored signing key and to encrypted connections. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { load, privateKey } from "./SettingCases.ts"

describe("NODE_ENV=production", () => {
  it.effect("needs a signing key in production, and nowhere else", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(load({ NODE_ENV: "production" }))
      assert.match(error.message, /^JWT_PRIVATE_KEYS is needed with NODE_ENV=production[^\n\r]+$/)
      const empty = yield* Effect.flip(load({ NODE_ENV: "production", JWT_PRIVATE_KEYS: " " }))
      assert.strictEqual(empty.message, error.message)
      assert.isTrue((yield* load({ NODE_ENV: "production", JWT_PRIVATE_KEYS: privateKey })).isProduction)
      for (const NODE_ENV of ["development", "test", ""]) assert.isFalse((yield* load({ NODE_ENV })).isProduction)
    }),
  )

  it.effect("does not leave it open in production whether a mail server's login is encrypted", () =>
    Effect.gen(function* () {
      const production = { NODE_ENV: "production", JWT_PRIVATE_KEYS: privateKey }
      const error = yield* Effect.flip(load({ ...production, SMTP_URL: "smtp://u:hunter2@mail.example.com" }))
      assert.match(error.message, /^SMTP_URL with a login for another host takes smtps:[^\n\r]+$/)
      assert.notInclude(error.message, "hunter2")
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
      assert.match(error.message, /^DATABASE_URL takes sslmode=require[^\n\r]+for another host[^\n\r]+$/)
      assert.notInclude(error.message, "hunter2")
      for (const url of ["db/t", "db/t?sslmode=disable", "db/t?ssl=true", "localhost/t?sslmode=prefer"]) {
        yield* load({ ...production, DATABASE_URL: `postgres://${url}` })
      }
      yield* load({ DATABASE_URL: "postgres://db/t?sslmode=prefer" })
    }),
  )
})
