/**
 * The audit events of accounts: one list of their names and fields, and the function that logs one. Operators and their
 * tools read the names, so a name never changes.
 */
import { Effect, type LogLevel } from "effect"
import type { ApiTokenId } from "../../domain/accounts/ApiTokenId.ts"
import type { Scope } from "../../domain/accounts/Scope.ts"
import type { SessionId } from "../../domain/accounts/SessionId.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"

/**
 * What happened to an account. No event has an email address, a password or a token's secret. The driver adds the id and the
 * client's address of its request to every line, so they are no fields here.
 */
export type AuditEvent =
  /** A wrong password, or an email address without an account: `userId` is null then. */
  | { readonly event: "login.failed"; readonly userId: UserId | null; readonly isSignedIn: boolean }
  /** An attempt while the login is locked. The password was not compared. */
  | { readonly event: "login.locked_out"; readonly isSignedIn: boolean }
  | {
      readonly event: "password.changed"
      readonly userId: UserId
      readonly sessionId: SessionId
      readonly revokedSessions: number
    }
  | { readonly event: "password.reset"; readonly userId: UserId; readonly revokedSessions: number }
  /** A replaced refresh token came back, so a copy of it exists. The session is revoked. */
  | { readonly event: "token.reused"; readonly userId: UserId; readonly sessionId: SessionId }
  /** A user logged out, or revoked another session. */
  | { readonly event: "session.revoked"; readonly userId: UserId; readonly sessionId: SessionId }
  /** A user signed out everywhere. The API tokens are among it if the user said so. */
  | {
      readonly event: "session.revoked_all"
      readonly userId: UserId
      readonly revokedSessions: number
      readonly revokedTokens: number
    }
  | {
      readonly event: "api_token.created"
      readonly userId: UserId
      readonly tokenId: ApiTokenId
      readonly scopes: ReadonlyArray<Scope>
    }
  | { readonly event: "api_token.revoked"; readonly userId: UserId; readonly tokenId: ApiTokenId }
  /** An operator issued a link for choosing a new password. */
  | { readonly event: "password.reset_link_issued"; readonly userId: UserId }
  /** An operator disabled or enabled the account. */
  | {
      readonly event: "account.disabled"
      readonly userId: UserId
      readonly revokedSessions: number
      readonly revokedTokens: number
    }
  | { readonly event: "account.enabled"; readonly userId: UserId }
  /** The owner of a list of one's own got an address and a password. */
  | { readonly event: "owner.claimed"; readonly userId: UserId; readonly revokedSessions: number }
  | {
      readonly event: "account.deleted"
      readonly userId: UserId
      readonly by: "user" | "operator"
      readonly revokedSessions: number
      readonly revokedTokens: number
    }

const lines: Readonly<Record<AuditEvent["event"], readonly [LogLevel.Severity, string]>> = {
  "login.failed": ["Warn", "a login failed"],
  "login.locked_out": ["Warn", "a login was refused after too many failures"],
  "password.changed": ["Info", "a password was changed"],
  "password.reset": ["Info", "a password was reset"],
  "token.reused": ["Warn", "a replaced refresh token was used again: the session is revoked"],
  "session.revoked": ["Info", "a session was revoked"],
  "session.revoked_all": ["Info", "a user signed out everywhere"],
  "api_token.created": ["Info", "an API token was created"],
  "api_token.revoked": ["Info", "an API token was revoked"],
  "password.reset_link_issued": ["Info", "an operator issued a link for a password reset"],
  "account.disabled": ["Info", "an operator disabled an account"],
  "account.enabled": ["Info", "an operator enabled an account"],
  "owner.claimed": ["Info", "the owner of a list got an address and a password"],
  "account.deleted": ["Info", "an account was deleted"],
}

/** The names of the fields in a line. */
const fieldNames = {
  userId: "user_id",
  sessionId: "session_id",
  isSignedIn: "signed_in",
  by: "by",
  revokedSessions: "revoked_sessions",
  revokedTokens: "revoked_tokens",
  tokenId: "token_id",
  scopes: "scopes",
} as const

const isField = (name: string): name is keyof typeof fieldNames => Object.hasOwn(fieldNames, name)

/** Logs the event as one line, with its name and fields as annotations. */
export const audit = ({ event, ...fields }: AuditEvent): Effect.Effect<void> => {
  const [level, message] = lines[event]
  const named = Object.entries(fields).map(([name, value]) => [isField(name) ? fieldNames[name] : name, value])
  return Effect.logWithLevel(level)(message).pipe(Effect.annotateLogs({ event, ...Object.fromEntries(named) }))
}
