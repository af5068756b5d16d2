/** Holds each use case to its audit event, and the events to their fields. */
import { expect, layer } from "@effect/vitest"
import { Effect, Logger } from "effect"
import { ChangePassword, changePassword } from "../../application/accounts/passwords/ChangePassword.ts"
import { issueResetToken } from "../../application/accounts/passwords/IssueResetToken.ts"
import { logIn } from "../../application/accounts/passwords/LogIn.ts"
import { ResetPassword, resetPassword } from "../../application/accounts/passwords/ResetPassword.ts"
import { DeleteAccount, deleteAccount } from "../../application/accounts/registration/DeleteAccount.ts"
import { authenticate } from "../../application/accounts/sessions/Authenticate.ts"
import { logOut } from "../../application/accounts/sessions/LogOut.ts"
import { refreshSession } from "../../application/accounts/sessions/RefreshSession.ts"
import { revokeSession } from "../../application/accounts/sessions/RevokeSession.ts"
import { signOutEverywhere } from "../../application/accounts/sessions/SignOutEverywhere.ts"
import { CreateApiToken, createApiToken } from "../../application/accounts/tokens/CreateApiToken.ts"
import { listApiTokens } from "../../application/accounts/tokens/ListApiTokens.ts"
import { revokeApiToken } from "../../application/accounts/tokens/RevokeApiToken.ts"
import { memory } from "../../bootstrap/memory.ts"
import { logInCommand, registerUser, rightPassword, wrongPassword } from "../support/accounts.ts"
import { read } from "../support/decoding.ts"
import { newApiTokenId, newEmail } from "../support/entities.ts"

const ip = "192.0.2.1"
const newPassword = "Another horse 2"

/** Runs the effect, and returns the annotations of its audit lines, with the level. No line has an email address. */
const eventsOf = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const lines: Array<string> = []
    const keep = Logger.map(Logger.formatJson, (line) => lines.push(line))
    yield* effect.pipe(Effect.exit, Effect.provide(Logger.layer([keep])))
    expect(lines.join("\n")).not.toContain("@")
    return lines
      .map((line) => JSON.parse(line) as { readonly level: string; readonly annotations: Record<string, unknown> })
      .filter(({ annotations }) => "event" in annotations)
      .map(({ annotations, level }) => ({ level, ...annotations }))
  })

layer(memory)("audit events", (it) => {
  it.effect("tell a failed login of a user, of an unknown address, and a lockout", () =>
    Effect.gen(function* () {
      const { account } = yield* registerUser
      const failed = { level: "WARN", event: "login.failed", signed_in: false }
      expect(yield* eventsOf(logIn(logInCommand(newEmail())))).toEqual([{ ...failed, user_id: null }])
      const wrong = logIn(logInCommand(account.email, wrongPassword))
      for (let attempt = 0; attempt < 5; attempt++) {
        expect(yield* eventsOf(wrong)).toEqual([{ ...failed, user_id: account.id }])
      }
      expect(yield* eventsOf(wrong)).toEqual([{ level: "WARN", event: "login.locked_out", signed_in: false }])
    }),
  )

  it.effect("tell a changed password, and a wrong one inside a session", () =>
    Effect.gen(function* () {
      const { account, tokens } = yield* registerUser
      const { sessionId, userId } = yield* authenticate(tokens)
      yield* logIn(logInCommand(account.email))
      const change = (currentPassword: string) =>
        changePassword(read(ChangePassword)({ userId, sessionId, currentPassword, newPassword, ip }))
      expect(yield* eventsOf(change(wrongPassword))).toEqual([
        { level: "WARN", event: "login.failed", user_id: userId, signed_in: true },
      ])
      expect(yield* eventsOf(change(rightPassword))).toEqual([
        { level: "INFO", event: "password.changed", user_id: userId, session_id: sessionId, revoked_sessions: 1 },
      ])
    }),
  )

  it.effect("tell a reset password", () =>
    Effect.gen(function* () {
      const { account } = yield* registerUser
      const token = yield* issueResetToken(account.id)
      const reset = resetPassword(read(ResetPassword)({ token, password: newPassword }))
      expect(yield* eventsOf(reset)).toEqual([
        { level: "INFO", event: "password.reset", user_id: account.id, revoked_sessions: 1 },
      ])
      expect(yield* eventsOf(reset)).toEqual([])
    }),
  )

  it.effect("tell a refresh token that came back", () =>
    Effect.gen(function* () {
      const { account, tokens } = yield* registerUser
      const { sessionId } = yield* authenticate(tokens)
      expect(yield* eventsOf(refreshSession(tokens))).toEqual([])
      expect(yield* eventsOf(refreshSession(tokens))).toEqual([
        { level: "WARN", event: "token.reused", user_id: account.id, session_id: sessionId },
      ])
    }),
  )

  it.effect("tell a session that its user ended, once", () =>
    Effect.gen(function* () {
      const { account, tokens } = yield* registerUser
      const current = yield* authenticate(tokens)
      const other = yield* authenticate((yield* logIn(logInCommand(account.email))).tokens)
      const revoked = { level: "INFO", event: "session.revoked", user_id: account.id }
      expect(yield* eventsOf(revokeSession(other))).toEqual([{ ...revoked, session_id: other.sessionId }])
      expect(yield* eventsOf(revokeSession(other))).toEqual([])
      expect(yield* eventsOf(logOut(current))).toEqual([{ ...revoked, session_id: current.sessionId }])
      expect(yield* eventsOf(logOut(current))).toEqual([])
    }),
  )

  it.effect("tell an API token that was created and revoked, and that a user signed out everywhere", () =>
    Effect.gen(function* () {
      const { account } = yield* registerUser
      const userId = account.id
      const command = read(CreateApiToken)({ userId, name: "a program", scopes: ["tasks:read"], lifetimeDays: 1 })
      const [created] = yield* eventsOf(createApiToken(command))
      const [token] = yield* listApiTokens({ userId })
      const tokenId = token?.id ?? newApiTokenId()
      const of = { level: "INFO", user_id: userId }
      expect(created).toEqual({ ...of, event: "api_token.created", token_id: tokenId, scopes: ["tasks:read"] })
      const revoke = revokeApiToken({ userId, tokenId })
      expect(yield* eventsOf(revoke)).toEqual([{ ...of, event: "api_token.revoked", token_id: tokenId }])
      expect(yield* eventsOf(revoke)).toEqual([])
      yield* createApiToken(command)
      expect(yield* eventsOf(signOutEverywhere({ userId, withTokens: true }))).toEqual([
        { ...of, event: "session.revoked_all", revoked_sessions: 1, revoked_tokens: 1 },
      ])
    }),
  )

  it.effect("tell a deleted account", () =>
    Effect.gen(function* () {
      const { account } = yield* registerUser
      const command = read(DeleteAccount)({ userId: account.id, password: rightPassword, ip })
      expect(yield* eventsOf(deleteAccount(command))).toEqual([
        {
          level: "INFO",
          event: "account.deleted",
          user_id: account.id,
          by: "user",
          revoked_sessions: 1,
          revoked_tokens: 0,
        },
      ])
    }),
  )
})
