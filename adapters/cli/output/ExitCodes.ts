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
const errorEntries: Readonly<Record<string, { readonly outcome: Outcome; readonly message?: string }>> = {
  CommonPassword: { outcome: "usage", message: "The password must not be one of the most used passwords." },
  DueDateNotInFuture: {
    outcome: "refused",
    message:
      "The due date lies in the past. A time alone is today's, and on its own day a weekday is today: write the date, like 2026-12-24 9:00.",
  },
  EmailNotVerified: { outcome: "refused", message: "Verify your email address first: follow the link in the mail." },
  NotOwner: { outcome: "refused", message: "It belongs to somebody else." },
  CommandFailed: { outcome: "refused" },
  FileUnusable: { outcome: "refused" },
  FileLocked: { outcome: "unavailable" },
  InvalidSetting: { outcome: "usage" },
  InvalidInput: { outcome: "usage" },
  ShowHelp: { outcome: "usage" },
  NotFound: { outcome: "notFound" },
  TaskNotFound: { outcome: "notFound", message: "There is no such task, or it was deleted." },
  CategoryNotFound: { outcome: "notFound", message: "There is no such category, or the task does not have it." },
  CategoryNotAssigned: { outcome: "notFound", message: "There is no such category, or the task does not have it." },
  SessionNotFound: { outcome: "notFound", message: "You have no such session, or it has ended." },
  VersionConflict: {
    outcome: "conflict",
    message: "The task was changed since you saw it. With --retry the change is applied all the same.",
  },
  EmailTaken: { outcome: "conflict", message: "Another account has this email address." },
  CategoryNameTaken: { outcome: "conflict", message: "You have a category of this name." },
  CategoryLimitReached: {
    outcome: "conflict",
    message: "The limit is reached: 1,000 categories, and 100 on one task.",
  },
  CategoryAlreadyAssigned: { outcome: "conflict", message: "The task has this category." },
  NotSignedIn: { outcome: "notSignedIn" },
  InvalidCredentials: { outcome: "notSignedIn", message: "The email address is unknown or the password is wrong." },
  Unreachable: { outcome: "unavailable" },
  RateLimited: { outcome: "unavailable" },
  TooManyAttempts: { outcome: "unavailable", message: "Too many failed logins. Try again later." },
  DatabaseNotReady: { outcome: "unavailable" },
  DatabaseUnsuitable: { outcome: "unavailable" },
  DataFolderInUse: { outcome: "unavailable" },
  DataFolderUnusable: { outcome: "unavailable" },
}

/** The result of a failed command, for the shell and for people. */
export interface FailedCommand {
  readonly exitCode: number
  /** Null if the message was already printed. */
  readonly message: string | null
  /** For scripts: a stable code, and the current task after a conflict. */
  readonly json: object
}

/** `VersionConflict` -> `version_conflict` */
const codeOf = (tag: string): string => tag.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "_").toLowerCase()

/** Maps a command's result to an exit code and message. Unexpected errors are printed with their stack. */
export const toExit = (cause: Cause.Cause<unknown>): FailedCommand => {
  if (Cause.hasInterruptsOnly(cause)) return { exitCode: exitCodes.stopped, message: null, json: { code: "stopped" } }
  const error = Cause.squash(cause)
  const tag = typeof error === "object" && error !== null && "_tag" in error ? String(error._tag) : ""
  const known = Cause.hasDies(cause) ? undefined : errorEntries[tag]
  if (known === undefined) {
    const message = error instanceof Error && tag !== "" && !Cause.hasDies(cause) ? error.message : Cause.pretty(cause)
    return { exitCode: exitCodes.refused, message, json: { code: "failed", message } }
  }
  const message = known.message ?? escapeControl((error as Error).message)
  const current = tag === "VersionConflict" ? { current: toTaskResource((error as VersionConflict).current) } : {}
  return {
    exitCode:
      tag === "ShowHelp" && (error as { readonly errors: ReadonlyArray<unknown> }).errors.length === 0
        ? exitCodes.done
        : exitCodes[known.outcome],
    // The help and the error were printed already.
    message: tag === "ShowHelp" ? null : message,
    json: { code: codeOf(tag), message, ...current },
  }
}
