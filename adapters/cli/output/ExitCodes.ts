/** Maps the result of a command to an exit code and a message. */
import { Cause } from "effect"
import type { VersionConflict } from "../../../domain/tasks/Task.ts"
import { toTaskResource } from "../../http/api/v1/TaskResource.ts"
import { escapeControl } from "./TerminalText.ts"

/** The exit codes, a stable contract with scripts. */
export const exitCodes = {
  done: 0,
  refused: 1,
  usage: 2,
  notFound: 3,
  conflict: 4,
  notSignedIn: 5,
  unavailable: 6,
  /** The code that shells use after Ctrl-C. */
  stopped: 130,
} as const

type Outcome = keyof typeof exitCodes

/** The outcome of each error, and a message if the error has none. */
const refusals: Readonly<Record<string, { readonly outcome: Outcome; readonly words?: string }>> = {
  CommonPassword: { outcome: "usage", words: "The password must not be one of the most used passwords." },
  DueDateNotInFuture: {
    outcome: "refused",
    words:
      "The due date lies in the past. A time alone is today's, and on its own day a weekday is today: write the date, like 2026-12-24 9:00.",
  },
  EmailNotVerified: { outcome: "refused", words: "Verify your email address first: follow the link in the mail." },
  NotOwner: { outcome: "refused", words: "It belongs to somebody else." },
  CommandFailed: { outcome: "refused" },
  FileUnusable: { outcome: "refused" },
  FileLocked: { outcome: "unavailable" },
  InvalidSetting: { outcome: "usage" },
  InvalidInput: { outcome: "usage" },
  ShowHelp: { outcome: "usage" },
  NotFound: { outcome: "notFound" },
  TaskNotFound: { outcome: "notFound", words: "There is no such task, or it was deleted." },
  CategoryNotFound: { outcome: "notFound", words: "There is no such category, or the task does not have it." },
  CategoryNotAssigned: { outcome: "notFound", words: "There is no such category, or the task does not have it." },
  SessionNotFound: { outcome: "notFound", words: "You have no such session, or it has ended." },
  VersionConflict: {
    outcome: "conflict",
    words: "The task was changed since you saw it. With --retry the change is applied all the same.",
  },
  EmailTaken: { outcome: "conflict", words: "Another account has this email address." },
  CategoryNameTaken: { outcome: "conflict", words: "You have a category of this name." },
  CategoryLimitReached: {
    outcome: "conflict",
    words: "The limit is reached: 1,000 categories, and 100 on one task.",
  },
  CategoryAlreadyAssigned: { outcome: "conflict", words: "The task has this category." },
  NotSignedIn: { outcome: "notSignedIn" },
  InvalidCredentials: { outcome: "notSignedIn", words: "The email address is unknown or the password is wrong." },
  Unreachable: { outcome: "unavailable" },
  RateLimited: { outcome: "unavailable" },
  TooManyAttempts: { outcome: "unavailable", words: "Too many failed logins. Try again later." },
  DatabaseNotReady: { outcome: "unavailable" },
  DatabaseUnsuitable: { outcome: "unavailable" },
  DataFolderInUse: { outcome: "unavailable" },
  DataFolderUnusable: { outcome: "unavailable" },
}

/** The result of a failed command, for the shell and for people. */
export interface Failure {
  readonly exitCode: number
  /** Null if the message was already printed. */
  readonly words: string | null
  /** For scripts: a stable code, and the current task after a conflict. */
  readonly json: object
}

/** `VersionConflict` -> `version_conflict` */
const codeOf = (tag: string): string => tag.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "_").toLowerCase()

/** Maps a command's result to an exit code and message. Unexpected errors are printed with their stack. */
export const toExit = (cause: Cause.Cause<unknown>): Failure => {
  if (Cause.hasInterruptsOnly(cause)) return { exitCode: exitCodes.stopped, words: null, json: { code: "stopped" } }
  const error = Cause.squash(cause)
  const tag = typeof error === "object" && error !== null && "_tag" in error ? String(error._tag) : ""
  const known = Cause.hasDies(cause) ? undefined : refusals[tag]
  if (known === undefined) {
    const message = error instanceof Error && tag !== "" && !Cause.hasDies(cause) ? error.message : Cause.pretty(cause)
    return { exitCode: exitCodes.refused, words: message, json: { code: "failed", message } }
  }
  const message = known.words ?? escapeControl((error as Error).message)
  const current = tag === "VersionConflict" ? { current: toTaskResource((error as VersionConflict).current) } : {}
  return {
    exitCode:
      tag === "ShowHelp" && (error as { readonly errors: ReadonlyArray<unknown> }).errors.length === 0
        ? exitCodes.done
        : exitCodes[known.outcome],
    // The help and the error were printed already.
    words: tag === "ShowHelp" ? null : message,
    json: { code: codeOf(tag), message, ...current },
  }
}
