/** Holds `.env.example` and the documents to the table of settings. */
import { readFileSync } from "node:fs"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Setting } from "../../../bootstrap/settings/Setting.ts"
import { allSettings, fileVariableOf, variableNames } from "../../../bootstrap/settings/settingsTable.ts"
import { filesUnder } from "../../support/sources.ts"
import { cases, load } from "./SettingCases.ts"

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8")

const groups = [...new Set(allSettings.map(({ group }) => group))]

describe("the table of settings", () => {
  it("has the settings that the tests cover, in the order of its groups", () => {
    expect(allSettings.map(({ name }) => name).toSorted()).toStrictEqual(
      [...new Set(cases.map(({ setting }) => setting)), "NODE_ENV"].toSorted(),
    )
    expect(allSettings).toStrictEqual(
      groups.flatMap((group) => allSettings.filter((setting) => setting.group === group)),
    )
  })
})

describe(".env.example", () => {
  const text = read(".env.example")
  const examples = [...text.matchAll(/^# ([A-Z_]+)=(.*)$/gm)].map(([, name = "", value = ""]) => [name, value] as const)

  it("names every variable once, under its group", () => {
    expect([...text.matchAll(/^# (?:([A-Z_]+)=|--- (\w+) -)/gm)].map(([, name, group]) => name ?? group)).toStrictEqual(
      groups.flatMap((group) => [
        group,
        ...allSettings
          .filter((setting) => setting.group === group)
          .flatMap(({ isSecret, name }) => (isSecret ? [name, fileVariableOf(name)] : [name])),
      ]),
    )
    expect(examples.map(([name]) => name)).toStrictEqual(variableNames)
  })

  it("shows each default that is a text", () => {
    const shown = new Map(examples)
    for (const { defaultText, name } of allSettings) {
      if (defaultText !== undefined) expect(shown.get(name), name).toBe(defaultText)
    }
  })

  it.effect("has values that are taken", () =>
    Effect.gen(function* () {
      const left = new Set(["JWT_PRIVATE_KEYS", "NODE_ENV"])
      yield* load(Object.fromEntries(examples.filter(([name]) => !left.has(name) && !name.endsWith("_FILE"))))
    }),
  )
})

describe("docs/settings.md", () => {
  const text = read("docs/settings.md")

  /** The row of a setting. To mend the document, copy the row of the failed assertion. */
  const rowOf = ({ byDefault, defaultText, description, expected, isSecret, name }: Setting<unknown>): string => {
    const names = isSecret ? `\`${name}\`, \`${fileVariableOf(name)}\`` : `\`${name}\``
    return `| ${names} | ${description} | ${expected} | ${defaultText === undefined ? byDefault : `\`${defaultText}\``} |`
  }

  it("has a table for each group, with a row for each setting", () => {
    const lines = text.split("\n").filter((line) => /^(?:## |\| `)/.test(line))
    const expected = groups.flatMap((group) => [
      `## ${group}`,
      ...allSettings.filter((setting) => setting.group === group).map(rowOf),
    ])
    expect(
      lines.filter((line) => line.startsWith("| ") || groups.some((group) => line === `## ${group}`)),
    ).toStrictEqual(expected)
  })
})

describe("the documents", () => {
  const documents = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", ...filesUnder("docs")].filter((path) =>
    path.endsWith(".md"),
  )
  /** Variables of the command, of the tests, and of other programs. */
  const others = /^(?:TASKWRIGHT_|TEST_|XDG_|NODE_|CHROMIUM_PATH$|NO_COLOR$|LOCALAPPDATA$|MALLOC_TRIM_THRESHOLD_$)/

  it("name only variables that exist", () => {
    const names = documents.flatMap((path) =>
      [...read(path).matchAll(/`([A-Z]+_[A-Z_]+)(?:=[^`]*)?`/g)].map(([, name = ""]) => `${path}: ${name}`),
    )
    expect(names.length).toBeGreaterThan(10)
    const known = new Set(variableNames)
    expect(
      names.filter((line) => {
        const name = line.split(": ")[1] ?? ""
        return !known.has(name) && !others.test(name)
      }),
    ).toStrictEqual([])
  })
})
