/** Holds the list of settings in force to their values and sources, and keeps secrets out of it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "@effect/vitest"
import { ConfigProvider, Effect } from "effect"
import { effectiveSettings } from "../../../bootstrap/settings/EffectiveSettings.ts"
import { allSettings } from "../../../bootstrap/settings/settingsTable.ts"
import { privateKey } from "./cases/keys.ts"

const folder = mkdtempSync(join(tmpdir(), "taskwright-settings-"))
afterAll(() => rmSync(folder, { recursive: true }))

const list = (env: Record<string, string>, flags: ReadonlyArray<string> = []) =>
  effectiveSettings({ DATA_DIR: "/home/data" }, flags).pipe(
    Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env })),
  )

const settingOf = (name: string, env: Record<string, string>, flags?: ReadonlyArray<string>) =>
  Effect.map(list(env, flags), (listed) => listed.find((setting) => setting.name === name))

describe("the settings in force", () => {
  it.effect("are all listed, each with its default", () =>
    Effect.gen(function* () {
      const listed = yield* list({})
      expect(listed.map(({ name }) => name)).toStrictEqual(allSettings.map(({ name }) => name))
      const values = new Map(listed.map(({ name, value }) => [name, value]))
      for (const { defaultText, name } of allSettings.filter(({ name }) => name !== "DATA_DIR")) {
        if (defaultText !== undefined) expect(values.get(name)).toBe(defaultText)
      }
      expect(values.get("DATA_DIR")).toBe("/home/data")
      expect(values.get("PUBLIC_URL")).toBe("http://127.0.0.1:3000")
      expect(values.get("DATABASE_URL")).toBe("the embedded database in DATA_DIR")
      expect(listed.every(({ source }) => source === "default")).toBe(true)
    }),
  )

  it.effect("have the text and the source of a given value", () =>
    Effect.gen(function* () {
      const file = join(folder, "prod.env")
      writeFileSync(file, "PORT=8080\nLOG_LEVEL=debug\n")
      const env = { PORT: "8080", LOG_LEVEL: "warn" }
      expect(yield* settingOf("PORT", env)).toStrictEqual({ name: "PORT", value: "8080", source: "environment" })
      for (const flags of [[`--env-file=${file}`], ["--env-file-if-exists", file]]) {
        expect(yield* settingOf("PORT", env, flags)).toStrictEqual({ name: "PORT", value: "8080", source: ".env" })
        expect((yield* settingOf("LOG_LEVEL", env, flags))?.source).toBe("environment")
      }
      const absent = [`--env-file-if-exists=${join(folder, "absent")}`]
      expect((yield* settingOf("PORT", env, absent))?.source).toBe("environment")
    }),
  )

  it.effect("show where a secret leads, without its secret part", () =>
    Effect.gen(function* () {
      const file = join(folder, "url")
      writeFileSync(file, "postgres://u:hunter2@db:5433/tasks?password=hunter2\n")
      const env = {
        DATABASE_URL_FILE: file,
        REDIS_URL: "redis+sentinel://u:hunter2@a:26379/mymaster",
        SMTP_URL: "smtps://u:hunter2@mail",
        JWT_PRIVATE_KEYS: privateKey,
      }
      const listed = yield* list(env)
      expect(
        listed.filter(({ source }) => source !== "default").map(({ name, source, value }) => [name, value, source]),
      ).toStrictEqual([
        ["DATABASE_URL", "db:5433/tasks", "file"],
        ["REDIS_URL", "mymaster of the Sentinels a:26379", "environment"],
        ["SMTP_URL", "mail:465", "environment"],
        ["JWT_PRIVATE_KEYS", listed.find(({ name }) => name === "JWT_PRIVATE_KEYS")?.value, "environment"],
      ])
      for (const secret of ["hunter2", privateKey.split("\n")[1] ?? ""]) {
        expect(JSON.stringify(listed)).not.toContain(secret)
      }
    }),
  )

  it.effect("are not listed if one is malformed", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(list({ PORT: "sixty" }))
      expect(error.message).toContain("PORT takes")
    }),
  )
})
