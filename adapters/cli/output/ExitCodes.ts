/** Maps the result of a command to an exit code and a message. */
import { Cause, Option } from "effect"
import type { CliError } from "effect/cli"
import type { StaleCategoryVersion, StaleTaskVersion } from "../../../domain/changes/StaleVersion.ts"
import type { NotUndoable, UndoConflict, UndoExpired } from "../../../domain/changes/UndoErrors.ts"
import { toObstacleResource } from "../../http/api/v1/UndoResource.ts"
import { categoryConflictOf, taskConflictOf } from "../../http/api/v1/VersionConflict.ts"
import { describeConflict } from "./Conflicts.ts"
import { describeBlocked } from "./HistoryViews.ts"
import { escapeControl } from "./TerminalText.ts"
import { usageJson } from "./UsageErrors.ts"

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

interface ErrorEntry {
  readonly outcome: Outcome
  /** The message, if the error has none of its own. */
  readonly message?: string
  /** The code for scripts; by default it is derived from the error's tag. */
  readonly code?: string
}

/** The outcome of each error that a command can fail with. */
const errorEntries = {
  CommonPassword: { outcome: "usage", message: "The password must not be one of the most used passwords." },
  DueDateNotInFuture: {
    outcome: "refused",
    message:
      "The due date lies in the past. A time alone is today's, and on its own day a weekday is today: write the date, like 2026-12-24 9:00.",
  },
  EmailNotVerified: {
    outcome: "refused",
    message:
      "Verify your email address first: follow the link in the email. For another one: taskwright account verify",
  },
  NotOwner: { outcome: "refused", message: "It belongs to another user." },
  OwnerUnclaimed: {
    outcome: "refused",
    message:
      "The list has no account yet, so there is no address and no password. Give it both: taskwright register EMAIL --name NAME",
  },
  AccountDisabled: { outcome: "refused", message: "The account is disabled. Enable it first." },
  WrongPassword: { outcome: "refused", message: "The password is wrong. Nothing was changed." },
  InvalidVerificationToken: {
    outcome: "refused",
    message: "The link was used, replaced by a later one, or has expired. For another email: taskwright account verify",
  },
  InvalidResetToken: {
    outcome: "refused",
    message:
      "The link was used, replaced by a later one, or has expired. For another email: taskwright account forgot EMAIL",
  },
  CommandFailed: { outcome: "refused" },
  FileError: { outcome: "refused", code: "file_unusable" },
  NothingToDump: { outcome: "refused" },
  StoreNotEmpty: { outcome: "refused", code: "database_not_empty" },
  SchemaMismatch: { outcome: "refused" },
  DumpDamaged: { outcome: "refused" },
  StoreUnusable: { outcome: "unavailable", code: "database_unsuitable" },
  FileLocked: { outcome: "unavailable" },
  InvalidSetting: { outcome: "usage" },
  InvalidFilter: { outcome: "usage" },
  InvalidInput: { outcome: "usage" },
  UnknownTimeZone: { outcome: "usage", message: "There is no time zone of this name." },
  ShowHelp: { outcome: "usage" },
  NotFound: { outcome: "notFound" },
  AccountNotFound: { outcome: "notFound", message: "There is no such account, or it was deleted." },
  TaskNotFound: { outcome: "notFound", message: "There is no such task, or it was deleted." },
  CategoryNotFound: { outcome: "notFound", message: "There is no such category, or the task does not have it." },
  CategoryNotAssigned: { outcome: "notFound", message: "There is no such category, or the task does not have it." },
  ApiTokenNotFound: { outcome: "notFound", code: "token_not_found", message: "You have no such API token." },
  TooManyApiTokens: {
    outcome: "conflict",
    code: "too_many_tokens",
    message: "You have 50 valid API tokens, and can have no more. Revoke one first.",
  },
  LoginRequired: { outcome: "refused", code: "session_required" },
  ScopeMissing: { outcome: "refused", code: "insufficient_scope" },
  TokenRefused: { outcome: "notSignedIn" },
  SessionNotFound: { outcome: "notFound", message: "You have no such session, or it has ended." },
  StaleTaskVersion: { outcome: "conflict", code: "version_conflict" },
  StaleCategoryVersion: {
    outcome: "conflict",
    code: "version_conflict",
    message: "The category was changed meanwhile. Run the command again.",
  },
  ChangeNotFound: {
    outcome: "notFound",
    message: "There is no such change. See: taskwright history",
  },
  UndoConflict: { outcome: "conflict" },
  NotUndoable: { outcome: "refused" },
  UndoExpired: { outcome: "refused" },
  UndoTooLarge: {
    outcome: "refused",
    code: "not_undoable",
    message: "These are too many changes for one undo. Take them back in parts, the newest first.",
  },
  InvalidCursor: { outcome: "usage", message: "--cursor takes what the page before printed." },
  CursorMismatch: { outcome: "usage", message: "The cursor belongs to another list." },
  UnknownVersion: { outcome: "usage", message: "There is no such version yet." },
  NotDeleted: { outcome: "conflict", message: "It is not deleted, so there is nothing to restore." },
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
  InvalidSigningKeys: { outcome: "refused", code: "failed" },
  MigrationError: { outcome: "refused", code: "failed" },
  PortUnavailable: { outcome: "refused", code: "failed" },
  SqlError: { outcome: "refused", code: "failed" },
  // The parser wraps its errors in ShowHelp, so these are for its types alone.
  DuplicateOption: { outcome: "usage" },
  InvalidValue: { outcome: "usage" },
  MissingArgument: { outcome: "usage" },
  MissingOption: { outcome: "usage" },
  UnexpectedArgument: { outcome: "usage" },
  UnknownSubcommand: { outcome: "usage" },
  UnrecognizedOption: { outcome: "usage" },
  UserError: { outcome: "usage" },
  ValidationError: { outcome: "usage" },
} as const satisfies Readonly<Record<string, ErrorEntry>>

type ErrorTag = keyof typeof errorEntries

/** An error with an entry. A command that can fail with any other error does not compile. */
export type CommandError =
  | ErrorWithMembers
  | {
      readonly _tag: Exclude<ErrorTag, ErrorWithMembers["_tag"]>
      readonly message: string
    }

/** An error with more than a message. */
type ErrorWithMembers =
  | StaleTaskVersion
  | StaleCategoryVersion
  | UndoConflict
  | NotUndoable
  | UndoExpired
  | CliError.ShowHelp

/** The result of a failed command, for the shell and for people. */
export interface FailedCommand {
  readonly exitCode: number
  /** Null if the message was already printed, or there is nothing to say. */
  readonly message: string | null
  /** For scripts: a stable code, and the members of a version conflict. Null if there is nothing to say. */
  readonly json: object | null
}

/** `EmailTaken` -> `email_taken` */
const codeOf = (tag: string): string => tag.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "_").toLowerCase()

/** Maps a command's result to an exit code and message. Unexpected errors are printed with their stack. */
export const toExit = (cause: Cause.Cause<CommandError>): FailedCommand => {
  if (Cause.hasInterruptsOnly(cause)) return { exitCode: exitCodes.stopped, message: null, json: null }
  const error = Cause.hasDies(cause) ? Option.none() : Cause.findErrorOption(cause)
  if (Option.isSome(error)) return ofError(error.value)
  const message = Cause.pretty(cause)
  return { exitCode: exitCodes.refused, message, json: { code: "failed", message } }
}

const ofError = (error: CommandError): FailedCommand => {
  const entry: ErrorEntry = errorEntries[error._tag]
  const message = entry.message ?? escapeControl(error.message)
  const json = { code: entry.code ?? codeOf(error._tag), message }
  switch (error._tag) {
    case "ShowHelp":
      // The help and the errors were printed already, except for scripts. Requested help has no errors.
      return error.errors.length === 0
        ? { exitCode: exitCodes.done, message: null, json: null }
        : { exitCode: exitCodes[entry.outcome], message: null, json: usageJson(error.errors) }
    case "StaleTaskVersion": {
      const refusal = describeConflict(error)
      return {
        exitCode: exitCodes[entry.outcome],
        message: refusal,
        json: { code: entry.code, message: refusal, ...taskConflictOf(error) },
      }
    }
    case "StaleCategoryVersion":
      return { exitCode: exitCodes[entry.outcome], message, json: { ...json, ...categoryConflictOf(error) } }
    case "UndoConflict":
    case "NotUndoable":
    case "UndoExpired": {
      const refusal = describeRefusal(error)
      return {
        exitCode: exitCodes[entry.outcome],
        message: refusal,
        json: { ...json, message: refusal, blocked: error.blocked.map(toObstacleResource) },
      }
    }
    default:
      return { exitCode: exitCodes[entry.outcome], message, json }
  }
}

/** Says why nothing was taken back. */
const describeRefusal = ({ _tag, blocked }: UndoConflict | NotUndoable | UndoExpired): string => {
  if (blocked.length === 0) return "Nothing was taken back: the change, or a part of it, is no longer kept."
  const advice = _tag === "UndoConflict" ? " With --partial the rest is taken back." : ""
  return `Nothing was taken back: ${describeBlocked(blocked)}.${advice}`
}
