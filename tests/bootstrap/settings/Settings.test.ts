/** Holds every setting to its default, its limits and its one-line error message. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { InvalidSetting } from "../../../bootstrap/settings/InvalidSetting.ts"
import { settingNamed } from "../../../bootstrap/settings/settingsTable.ts"
import { terminalDefaults } from "../../../bootstrap/settings/terminalDefaults.ts"
import { cases, load, privateKey, rsaKey } from "./SettingCases.ts"

describe("loadSettings", () => {
  for (const { byDefault, good, malformed, of, setting } of cases) {
    it.effect(`${setting}: has its default, also if it is empty`, () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(of(yield* load()), byDefault)
        assert.deepStrictEqual(of(yield* load({ [setting]: "" })), byDefault)
        assert.deepStrictEqual(of(yield* load({ [setting]: "  " })), byDefault)
        assert.deepStrictEqual(of(yield* load({ [`${setting}_2`]: "x" })), byDefault)
      }),
    )

    it.effect(`${setting}: is read`, () =>
      Effect.gen(function* () {
        for (const [text, value] of good) assert.deepStrictEqual(of(yield* load({ [setting]: text })), value, text)
      }),
    )

    it.effect(`${setting}: is refused in one line that names it, and its value unless it is a secret`, () =>
      Effect.gen(function* () {
        for (const text of malformed) {
          const error = yield* Effect.flip(load({ [setting]: text }))
          assert.instanceOf(error, InvalidSetting)
          assert.match(error.message, new RegExp(`^${setting} takes [^\\p{C}]{5,250}$`, "u"), text)
          assert.strictEqual(/, not ".*"$/.test(error.message), settingNamed(setting)?.isSecret === false, text)
          for (const secret of ["hunter2", rsaKey.split("\n")[3] ?? "", privateKey.split("\n")[1] ?? ""])
            assert.notInclude(error.message, secret)
        }
      }),
    )
  }

  it.effect("lets PUBLIC_URL follow HOST and PORT, and JWT_ISSUER follow PUBLIC_URL", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* load({ HOST: "tasks.internal", PORT: "80" })).publicUrl, "http://tasks.internal:80")
      assert.strictEqual((yield* load({ HOST: "::1" })).publicUrl, "http://[::1]:3000")
      assert.strictEqual((yield* load({ PUBLIC_URL: "https://x.example/" })).jwtIssuer, "https://x.example")
    }),
  )

  it.effect("writes its log for people if it goes to a terminal, unless the setting says otherwise", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* load({}, terminalDefaults({ isTTY: true }))).logFormat, "pretty")
      assert.strictEqual((yield* load({ LOG_FORMAT: "json" }, terminalDefaults({ isTTY: true }))).logFormat, "json")
    }),
  )

  it.effect("shows a refused value in one short line, without credentials", () =>
    Effect.gen(function* () {
      const messageOf = (env: Record<string, string>) => Effect.map(Effect.flip(load(env)), ({ message }) => message)
      const port = "PORT takes a whole number from 0 to 65535"
      assert.strictEqual(yield* messageOf({ PORT: "sixty" }), `${port}, not "sixty"`)
      assert.strictEqual(yield* messageOf({ PORT: "a\nb\u202ec" }), `${port}, not "a b\\\\u202ec"`)
      assert.strictEqual(yield* messageOf({ PORT: "9".repeat(50) }), `${port}, not "${"9".repeat(40)}…"`)
      assert.strictEqual(yield* messageOf({ PORT: "postgres://u:hunter2@h/d" }), `${port}, not "postgres://***@h/d"`)
      assert.match(yield* messageOf({ PUBLIC_URL: "https://u:hunter/2@h" }), /, not "https:\/\/\*\*\*@h"$/)
    }),
  )

  it.effect("names a default of its program, but not over a given value", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* load({ DATA_DIR: " " }, { DATA_DIR: "/home" })).dataDir, "/home")
      assert.strictEqual((yield* load({ DATA_DIR: "/srv" }, { DATA_DIR: "/home" })).dataDir, "/srv")
    }),
  )

  it.effect("keeps secrets out of what is printed of the settings", () =>
    Effect.gen(function* () {
      const settings = yield* load({
        DATABASE_URL: "postgres://u:hunter2@db/tasks",
        REDIS_URL: "redis://:hunter2@cache",
        SMTP_URL: "smtp://u:hunter2@mail",
        JWT_PRIVATE_KEYS: privateKey,
      })
      for (const printed of [JSON.stringify(settings), String(settings)]) {
        assert.notInclude(printed, "hunter2")
        assert.notInclude(printed, privateKey.split("\n")[1] ?? "")
      }
    }),
  )

  it.effect("cannot be changed afterwards", () =>
    Effect.gen(function* () {
      const settings = yield* load()
      assert.isTrue(Object.isFrozen(settings))
    }),
  )
})
