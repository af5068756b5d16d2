/** Errors of usage: words that mean a command of another name, and the errors as JSON for scripts. */
import { CliError } from "effect/cli"

/** Words of other programs for a command. The parser suggests commands that are spelled alike. */
const synonyms: Readonly<Record<string, ReadonlyArray<string>>> = {
  agenda: ["today"],
  check: ["done"],
  create: ["add"],
  due: ["today"],
  erase: ["rm", "trash"],
  finish: ["done"],
  log: ["history"],
  overdue: ["today"],
  remove: ["rm"],
  rename: ["edit", "account rename", "category rename"],
  password: ["account password"],
  revert: ["undo"],
  signin: ["login"],
  signout: ["logout"],
  signup: ["register"],
  tag: ["assign", "category"],
  task: ["add", "list"],
  tasks: ["list"],
  todo: ["list", "add"],
  update: ["edit"],
  users: ["admin users"],
  view: ["show"],
}

/** Returns the error with suggestions for a word that is not spelled like any command. */
export const withSynonyms = (error: CliError.CliError): CliError.CliError =>
  error._tag === "UnknownSubcommand" && (error.parent?.length ?? 0) <= 1 && Object.hasOwn(synonyms, error.subcommand)
    ? new CliError.UnknownSubcommand({ ...error, suggestions: synonyms[error.subcommand] ?? [] })
    : error

/** The errors for scripts: a message in one line, and what may have been meant. */
export const usageJson = (errors: ReadonlyArray<CliError.CliError>) => {
  const named = errors.map(withSynonyms)
  return {
    code: "invalid_usage",
    message: named.map(({ message }) => message.split("\n")[0] ?? "").join("; "),
    suggestions: named.flatMap((error) =>
      error._tag === "UnknownSubcommand" || error._tag === "UnrecognizedOption" ? error.suggestions : [],
    ),
  }
}
