/** Holds a disabled account to its refusals, and the operator's use cases to their audit events. */
import { expect, layer } from "@effect/vitest"
import { Effect, Logger } from "effect"
import { uuidV7Unsafe } from "effect/crypto/SecureRandom"
import { AccountRepository } from "../../application/accounts/AccountRepository.ts"
import { deleteUser } from "../../application/accounts/administration/DeleteUser.ts"
import { disableAccount } from "../../application/accounts/administration/DisableAccount.ts"
import { enableAccount } from "../../application/accounts/administration/EnableAccount.ts"
import { issueResetLink } from "../../application/accounts/administration/IssueResetLink.ts"
import { logIn } from "../../application/accounts/passwords/LogIn.ts"
import { ResetPassword, resetPassword } from "../../application/accounts/passwords/ResetPassword.ts"
import { authenticate } from "../../application/accounts/sessions/Authenticate.ts"
import { refreshSession } from "../../application/accounts/sessions/RefreshSession.ts"
import { handleEmailRequests } from "../../application/mail/HandleEmailRequests.ts"
import { EmailRequests } from "../../application/outbox/EmailRequests.ts"
import { Outbox } from "../../application/outbox/Outbox.ts"
import { memory } from "../../bootstrap/memory.ts"
import { logInCommand, registerUser } from "../support/accounts.ts"
import { read } from "../support/decoding.ts"

const withEvents = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const events: Array<unknown> = []
    const keep = Logger.map(Logger.formatStructured, ({ annotations }) => {
      if ("event" in annotations) events.push(annotations)
    })
    const value = yield* Effect.provide(effect, Logger.layer([keep]))
    return { value, events }
  })

layer(memory)("disableAccount", (it) => {
  it.effect("ends the sessions, and refuses logins, refreshes and resets until it is enabled", () =>
    Effect.gen(function* () {
      const accounts = yield* AccountRepository
      const { account, tokens } = yield* registerUser
      const { id: userId } = account
      const { token } = yield* issueResetLink({ userId })
      const disabled = yield* withEvents(disableAccount({ userId }))
      expect(disabled.events).toEqual([
        { event: "account.disabled", user_id: userId, revoked_sessions: 1, revoked_tokens: 0 },
      ])
      expect(yield* accounts.get(userId)).toStrictEqual(disabled.value)
      expect((yield* Effect.flip(authenticate(tokens)))._tag).toBe("InvalidAccessToken")
      expect((yield* Effect.flip(refreshSession(tokens)))._tag).toBe("InvalidRefreshToken")
      expect((yield* Effect.flip(logIn(logInCommand(account.email))))._tag).toBe("InvalidCredentials")
      const reset = resetPassword(read(ResetPassword)({ token, password: "Another horse 2" }))
      expect((yield* Effect.flip(reset))._tag).toBe("InvalidResetToken")
      expect((yield* Effect.flip(issueResetLink({ userId })))._tag).toBe("AccountDisabled")

      expect((yield* withEvents(disableAccount({ userId }))).events).toEqual([])
      const enabled = yield* withEvents(enableAccount({ userId }))
      expect(enabled.events).toEqual([{ event: "account.enabled", user_id: userId }])
      expect(enabled.value).toStrictEqual(account)
      expect((yield* withEvents(enableAccount({ userId }))).events).toEqual([])
      yield* logIn(logInCommand(account.email))
    }),
  )

  it.effect("queues no email for a request of its address", () =>
    Effect.gen(function* () {
      const { account } = yield* registerUser
      yield* disableAccount({ userId: account.id })
      const { counts } = yield* Outbox
      const before = yield* counts
      const { add } = yield* EmailRequests
      for (const kind of ["ResetPassword", "VerifyEmail"] as const)
        yield* add({ id: uuidV7Unsafe(), email: account.email, kind })
      yield* handleEmailRequests
      expect(yield* counts).toEqual(before)
    }),
  )

  it.effect("is told apart from a deletion by an operator", () =>
    Effect.gen(function* () {
      const { account } = yield* registerUser
      const issued = yield* withEvents(issueResetLink({ userId: account.id }))
      expect(issued.events).toEqual([{ event: "password.reset_link_issued", user_id: account.id }])
      const deleted = yield* withEvents(deleteUser({ userId: account.id }))
      expect(deleted.events).toEqual([
        { event: "account.deleted", user_id: account.id, by: "operator", revoked_sessions: 1, revoked_tokens: 0 },
      ])
    }),
  )
})
