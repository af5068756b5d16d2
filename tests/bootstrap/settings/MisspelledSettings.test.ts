/** Holds the warning about misspelled settings to likely names alone. */
import { describe, expect, it } from "@effect/vitest"
import { misspelledSettings } from "../../../bootstrap/settings/MisspelledSettings.ts"
import { variableNames } from "../../../bootstrap/settings/settingsTable.ts"

describe("misspelled settings", () => {
  it.each([
    ["DATABSE_URL", "DATABASE_URL"],
    ["DATABASE_URI", "DATABASE_URL"],
    ["DATABASEURL", "DATABASE_URL"],
    ["database_url", "DATABASE_URL"],
    ["REDIS_ULR", "REDIS_URL"],
    ["JWT_PRIVATE_KEY", "JWT_PRIVATE_KEYS"],
    ["MAIL_FORM", "MAIL_FROM"],
    ["DATADIR", "DATA_DIR"],
    ["DATABASE_URI_FILE", "DATABASE_URL_FILE"],
  ])("%s is found to mean %s", (name, meant) => {
    expect(misspelledSettings(["PATH", name])).toStrictEqual([{ name, meant }])
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
    expect(misspelledSettings([...others, ...variableNames])).toStrictEqual([])
  })

  it("are not looked for where the setting itself is there", () => {
    expect(misspelledSettings(["DATABASE_URL", "DATABASE_URI"])).toStrictEqual([])
  })
})
