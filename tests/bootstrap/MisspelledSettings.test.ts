/** Holds the warning about misspelled settings to likely names alone. */
import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { misspelledSettings, settingNames } from "../../bootstrap/settings/MisspelledSettings.ts"

const example = readFileSync(new URL("../../.env.example", import.meta.url), "utf8")

describe("misspelled settings", () => {
  it("are looked for among all settings", () => {
    const listed = [...example.matchAll(/^# ([A-Z][A-Z_]+)=/gm)].map(([, name]) => name)
    assert.isAbove(listed.length, 20)
    assert.deepStrictEqual(settingNames.toSorted(), [...new Set(listed)].toSorted())
  })

  it.each([
    ["DATABSE_URL", "DATABASE_URL"],
    ["DATABASE_URI", "DATABASE_URL"],
    ["DATABASEURL", "DATABASE_URL"],
    ["database_url", "DATABASE_URL"],
    ["REDIS_ULR", "REDIS_URL"],
    ["JWT_PRIVATE_KEY", "JWT_PRIVATE_KEYS"],
    ["MAIL_FORM", "MAIL_FROM"],
    ["DATADIR", "DATA_DIR"],
  ])("%s is found to mean %s", (name, meant) => {
    assert.deepStrictEqual(misspelledSettings(["PATH", name]), [{ name, meant }])
  })

  it("are not seen in what other programs set", () => {
    const others = [
      "PATH",
      "HOME",
      "HOSTNAME",
      "PWD",
      "SHELL",
      "LANG",
      "USER",
      "LOGNAME",
      "TERM",
      "DATABASE_HOST",
      "REDIS_HOST",
    ]
    assert.deepStrictEqual(misspelledSettings([...others, ...settingNames]), [])
  })

  it("are not looked for where the setting itself is there", () => {
    assert.deepStrictEqual(misspelledSettings(["DATABASE_URL", "DATABASE_URI"]), [])
  })
})
