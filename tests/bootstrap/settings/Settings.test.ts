/** Holds every setting to its default, its limits and its one-line error message. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { InvalidSetting } from "../../../bootstrap/settings/InvalidSetting.ts"
import { settingNamed } from "../../../bootstrap/settings/settingsTable.ts"
import { terminalDefaults } from "../../../bootstrap/settings/terminalDefaults.ts"
import { privateKey, rsaKey } from "./cases/keys.ts"
import { cases, load } from "./SettingCases.ts"

describe("loadSettings", () => {
  for (const { byDefault, given, good, malformed, of, setting } of cases) {
    it.effect(`${setting}: has its default, also if it is empty`, () =>
      Effect.gen(function* () {
        expect(of(yield* load(given))).toStrictEqual(byDefault)
        expect(of(yield* load({ ...given, [setting]: "" }))).toStrictEqual(byDefault)
        expect(of(yield* load({ ...given, [setting]: "  " }))).toStrictEqual(byDefault)
        expect(of(yield* load({ ...given, [`${setting}_2`]: "x" }))).toStrictEqual(byDefault)
      }),
    )

    it.effect(`${setting}: is read`, () =>
      Effect.gen(function* () {
        for (const [text, value] of good)
          expect(of(yield* load({ ...given, [setting]: text })), text).toStrictEqual(value)
      }),
    )

    it.effect(`${setting}: is refused in one line that names it, and its value unless it is a secret`, () =>
      Effect.gen(function* () {
        for (const text of malformed) {
          const error = yield* Effect.flip(load({ [setting]: text }))
          expect(error).toBeInstanceOf(InvalidSetting)
          expect(error.message, text).toMatch(new RegExp(`^${setting} takes [^\\p{C}]{5,250}$`, "u"))
          expect(/, not ".*"$/.test(error.message), text).toBe(settingNamed(setting)?.isSecret === false)
          for (const secret of ["hunter2", rsaKey.split("\n")[3] ?? "", privateKey.split("\n")[1] ?? ""])
            expect(error.message).not.toContain(secret)
        }
      }),
    )
  }

  it.effect("lets PUBLIC_URL follow HOST and PORT, and JWT_ISSUER follow PUBLIC_URL", () =>
    Effect.gen(function* () {
      expect((yield* load({ HOST: "tasks.internal", PORT: "80" })).publicUrl).toBe("http://tasks.internal:80")
      expect((yield* load({ HOST: "::1" })).publicUrl).toBe("http://[::1]:3000")
      expect((yield* load({ PUBLIC_URL: "https://x.example/" })).jwtIssuer).toBe("https://x.example")
    }),
  )

  it.effect("keeps changes as long as deleted tasks, and refuses to keep them for a shorter time", () =>
    Effect.gen(function* () {
      const retention = (env: Record<string, string>) =>
        Effect.map(load(env), ({ changeRetentionMillis }) => changeRetentionMillis / 86_400_000)
      expect(yield* retention({ DELETED_TASK_RETENTION: "10 days" })).toBe(90)
      expect(yield* retention({ DELETED_TASK_RETENTION: "365 days" })).toBe(365)
      expect(yield* retention({ DELETED_TASK_RETENTION: "10 days", CHANGE_RETENTION: "10 days" })).toBe(10)
      const error = yield* Effect.flip(load({ CHANGE_RETENTION: "29 days" }))
      expect(error.message).toBe(
        "CHANGE_RETENTION takes at least the time of DELETED_TASK_RETENTION (30 days by default), because restoring a task needs its changes",
      )
    }),
  )

  it.effect("traces nothing without an endpoint, whatever else is set", () =>
    Effect.gen(function* () {
      const others = { OTEL_SERVICE_NAME: "tasks", OTEL_TRACES_SAMPLER: "always_on", OTEL_SDK_DISABLED: "false" }
      expect((yield* load(others)).tracing).toBe(null)
      const both = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://a", OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://b/x" }
      expect((yield* load(both)).tracing?.url).toBe("http://b/x")
      expect((yield* load({ ...both, OTEL_SDK_DISABLED: "true" })).tracing).toBe(null)
      const names = { OTEL_SERVICE_NAME: "one", OTEL_RESOURCE_ATTRIBUTES: "service.name=other" }
      expect((yield* load({ ...both, ...names })).tracing).toMatchObject({ serviceName: "one", resource: {} })
    }),
  )

  it.effect("writes its log for people if it goes to a terminal, unless the setting says otherwise", () =>
    Effect.gen(function* () {
      expect((yield* load({}, terminalDefaults({ isTTY: true }))).logFormat).toBe("pretty")
      expect((yield* load({ LOG_FORMAT: "json" }, terminalDefaults({ isTTY: true }))).logFormat).toBe("json")
    }),
  )

  it.effect("shows a refused value in one short line, without credentials", () =>
    Effect.gen(function* () {
      const messageOf = (env: Record<string, string>) => Effect.map(Effect.flip(load(env)), ({ message }) => message)
      const port = "PORT takes a whole number from 0 to 65535"
      expect(yield* messageOf({ PORT: "sixty" })).toBe(`${port}, not "sixty"`)
      expect(yield* messageOf({ PORT: "a\nb\u202ec" })).toBe(`${port}, not "a b\\\\u202ec"`)
      expect(yield* messageOf({ PORT: "9".repeat(50) })).toBe(`${port}, not "${"9".repeat(40)}…"`)
      expect(yield* messageOf({ PORT: "postgres://u:hunter2@h/d" })).toBe(`${port}, not "postgres://***@h/d"`)
      expect(yield* messageOf({ PUBLIC_URL: "https://u:hunter/2@h" })).toMatch(/, not "https:\/\/\*\*\*@h"$/)
    }),
  )

  it.effect("names a default of its program, but not over a given value", () =>
    Effect.gen(function* () {
      expect((yield* load({ DATA_DIR: " " }, { DATA_DIR: "/home" })).dataDir).toBe("/home")
      expect((yield* load({ DATA_DIR: "/srv" }, { DATA_DIR: "/home" })).dataDir).toBe("/srv")
    }),
  )

  it.effect("keeps secrets out of what is printed of the settings", () =>
    Effect.gen(function* () {
      const settings = yield* load({
        DATABASE_URL: "postgres://u:hunter2@db/tasks",
        REDIS_URL: "redis://:hunter2@cache",
        SMTP_URL: "smtp://u:hunter2@mail",
        OTEL_EXPORTER_OTLP_ENDPOINT: "http://localhost:4318",
        OTEL_EXPORTER_OTLP_HEADERS: "api-key=hunter2",
        JWT_PRIVATE_KEYS: privateKey,
      })
      for (const printed of [JSON.stringify(settings), String(settings)]) {
        expect(printed).not.toContain("hunter2")
        expect(printed).not.toContain(privateKey.split("\n")[1] ?? "")
      }
    }),
  )

  it.effect("cannot be changed afterwards", () =>
    Effect.gen(function* () {
      const settings = yield* load()
      expect(Object.isFrozen(settings)).toBe(true)
    }),
  )
})
