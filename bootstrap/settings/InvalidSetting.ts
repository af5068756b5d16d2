/** The error of a malformed setting, and the one line that says what is wrong. */
import { type Config, Data, Effect, type SchemaIssue } from "effect"
import { escapeControl } from "../../adapters/cli/output/TerminalText.ts"
import type { SettingSources } from "./SettingSources.ts"
import { fileVariableOf, settingNamed } from "./settingsTable.ts"

/**
 * A setting is malformed, or missing although it is required. The message is one line that names the setting, and
 * contains no secret.
 */
export class InvalidSetting extends Data.TaggedError("InvalidSetting")<{ readonly message: string }> {}

/** Formats the error of a `Config`: the variable, what it takes, and the value unless it is a secret. */
export const explain = Effect.fnUntraced(function* ({ cause }: Config.ConfigError, { find }: SettingSources) {
  const setting = cause._tag === "SchemaError" ? settingNamed(nameIn(cause.issue)) : undefined
  if (setting === undefined || cause._tag === "SourceError") {
    return new InvalidSetting({ message: escapeControl(cause.message) })
  }
  const { expected, isSecret, name } = setting
  const found = yield* Effect.orElseSucceed(find(name), () => undefined)
  const variable = found?.source === "file" ? `${name} in the file of ${fileVariableOf(name)}` : name
  const given = isSecret || found === undefined ? "" : `, not ${quote(found.text)}`
  return new InvalidSetting({ message: `${variable} ${reasonIn(cause.issue) ?? `takes ${expected}`}${given}` })
})

const nameIn = (issue: SchemaIssue.Issue): string => (issue._tag === "Pointer" ? String(issue.path[0]) : "")

/** Returns the reason that `decodedBy` gives; undefined if it gives none. */
const reasonIn = (issue: SchemaIssue.Issue): string | undefined =>
  "issue" in issue ? reasonIn(issue.issue) : issue._tag === "InvalidValue" ? issue.annotations?.message : undefined

const maximumShown = 40

/** Quotes a value. It can have credentials in a place where none belong, so those are masked. */
const quote = (text: string): string => {
  const line = escapeControl(text.replace(/\/\/\S*@/, "//***@"))
  return JSON.stringify(line.length > maximumShown ? `${line.slice(0, maximumShown)}…` : line)
}
