/** Holds secrets to the files that can hold them. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { allSettings } from "../../../bootstrap/settings/settingsTable.ts"
import { privateKey } from "./cases/keys.ts"
import { load } from "./SettingCases.ts"

const folder = mkdtempSync(join(tmpdir(), "taskwright-secrets-"))
afterAll(() => rmSync(folder, { recursive: true }))

const fileWith = (name: string, content: string): string => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const messageOf = (env: Record<string, string>) => Effect.map(Effect.flip(load(env)), ({ message }) => message)

describe("a secret in a file", () => {
  it.effect("is read without the line break at its end", () =>
    Effect.gen(function* () {
      const { redisUrl, signingKeys, smtpServer } = yield* load({
        REDIS_URL_FILE: fileWith("redis", "redis://:hunter2@cache\n"),
        SMTP_URL_FILE: fileWith("smtp", "smtp://u:hunter2@mail\r\n"),
        JWT_PRIVATE_KEYS_FILE: fileWith("keys", privateKey),
        REDIS_URL: "",
      })
      expect(redisUrl && Redacted.value(redisUrl)).toBe("redis://:hunter2@cache")
      expect(smtpServer?.host).toBe("mail")
      expect(signingKeys ?? []).toHaveLength(1)
    }),
  )

  it.effect("is refused beside a value in the environment", () =>
    Effect.gen(function* () {
      const file = fileWith("url", "postgres://u:hunter2@db/tasks")
      expect(yield* messageOf({ DATABASE_URL: "postgres://db/tasks", DATABASE_URL_FILE: file })).toBe(
        "DATABASE_URL and DATABASE_URL_FILE are both set; set one of them",
      )
    }),
  )

  it.effect("is refused in one line if the file cannot be read or is empty", () =>
    Effect.gen(function* () {
      for (const file of [join(folder, "absent"), folder, "/dev/zero", fileWith("empty", "\n"), "a\0b"]) {
        expect(yield* messageOf({ DATABASE_URL_FILE: file }), file).toMatch(
          /^DATABASE_URL_FILE takes a file [^\p{C}]+$/u,
        )
      }
    }),
  )

  it.effect("is refused in one line that names the file's variable if its content is malformed", () =>
    Effect.gen(function* () {
      const message = yield* messageOf({ DATABASE_URL_FILE: fileWith("malformed", "mysql://u:hunter2@db/tasks") })
      expect(message).toMatch(/^DATABASE_URL in the file of DATABASE_URL_FILE takes a URL like [^\p{C}]+$/u)
      expect(message).not.toContain("hunter2")
    }),
  )

  it.effect("is looked for only if the setting is a secret", () =>
    Effect.gen(function* () {
      const others = allSettings.filter(({ isSecret }) => !isSecret)
      const env = Object.fromEntries(others.map(({ name }) => [`${name}_FILE`, join(folder, "absent")]))
      expect(yield* load(env)).toStrictEqual(yield* load())
    }),
  )
})
