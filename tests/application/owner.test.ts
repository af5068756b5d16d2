/** Holds the owner of a list to a session without a password, and all other callers to a refusal. */
import { expect, it } from "@effect/vitest"
import { Effect, type Layer, Logger, Option } from "effect"
import { makeAccess } from "../../application/access/Access.ts"
import { AccountRepository } from "../../application/accounts/AccountRepository.ts"
import { disableAccount } from "../../application/accounts/administration/DisableAccount.ts"
import { issueResetLink } from "../../application/accounts/administration/IssueResetLink.ts"
import { claimOwner } from "../../application/accounts/owner/ClaimOwner.ts"
import { findOwner } from "../../application/accounts/owner/FindOwner.ts"
import { signInOwner } from "../../application/accounts/owner/SignInOwner.ts"
import { ChangePassword, changePassword } from "../../application/accounts/passwords/ChangePassword.ts"
import { issueResetToken } from "../../application/accounts/passwords/IssueResetToken.ts"
import { logIn } from "../../application/accounts/passwords/LogIn.ts"
import { ResetPassword, resetPassword } from "../../application/accounts/passwords/ResetPassword.ts"
import { DeleteAccount, deleteAccount } from "../../application/accounts/registration/DeleteAccount.ts"
import { register } from "../../application/accounts/registration/Register.ts"
import { authenticate } from "../../application/accounts/sessions/Authenticate.ts"
import { refreshSession } from "../../application/accounts/sessions/RefreshSession.ts"
import { queueEmail } from "../../application/outbox/QueueEmail.ts"
import { TaskRepository } from "../../application/tasks/TaskRepository.ts"
import { memory } from "../../bootstrap/memory.ts"
import { isOwner, noPassword, ownerEmail } from "../../domain/accounts/Owner.ts"
import { lastMailedToken, logInCommand, mailedTokens, registerCommand, registerUser } from "../support/accounts.ts"
import { read } from "../support/decoding.ts"
import { keepTask } from "../support/entities.ts"
import { allAtOnce } from "../support/interleaving.ts"

const open = signInOwner({ device: null })

/** Runs the test on a new store, because an owner is the only account of its store. */
const onNewStore = <A, E>(test: Effect.Effect<A, E, Layer.Success<typeof memory>>) => Effect.provide(test, memory)

it.effect("signInOwner creates the owner once, without a password, and signs in again", () =>
  onNewStore(
    Effect.gen(function* () {
      expect(yield* findOwner).toStrictEqual(Option.none())
      const first = yield* open
      expect(isOwner(first.account)).toBe(true)
      expect(first.account).toMatchObject({ email: ownerEmail, passwordHash: noPassword, isEmailVerified: false })
      const again = yield* open
      expect(again.account).toStrictEqual(first.account)
      expect((yield* authenticate(again.tokens)).userId).toBe(first.account.id)
      expect((yield* refreshSession(first.tokens)).accessToken).not.toBe("")
      expect(yield* findOwner).toStrictEqual(Option.some(first.account))
    }),
  ),
)

it.effect("signInOwner makes one owner for 10 concurrent commands", () =>
  onNewStore(
    Effect.gen(function* () {
      const opened = yield* allAtOnce(Array.from({ length: 10 }, () => open))
      expect(new Set(opened.map(({ account }) => account.id)).size).toBe(1)
      expect((yield* (yield* AccountRepository).list(null, 10)).length).toBe(1)
    }),
  ),
)

it.effect("signInOwner refuses if another account exists, before or after the owner", () =>
  onNewStore(
    Effect.gen(function* () {
      yield* open
      yield* registerUser
      expect((yield* Effect.flip(open))._tag).toBe("NoOwner")
    }),
  ).pipe(
    Effect.andThen(
      onNewStore(
        Effect.gen(function* () {
          yield* registerUser
          expect((yield* Effect.flip(open))._tag).toBe("NoOwner")
        }),
      ),
    ),
  ),
)

it.effect("signInOwner and claimOwner refuse an owner that an operator disabled", () =>
  onNewStore(
    Effect.gen(function* () {
      const { account } = yield* open
      yield* disableAccount({ userId: account.id })
      expect((yield* Effect.flip(open))._tag).toBe("NoOwner")
      expect((yield* Effect.flip(claimOwner(registerCommand())))._tag).toBe("NoOwner")
    }),
  ),
)

it.effect("an owner's address allows no registration, login, change, reset or deletion, and gets no email", () =>
  onNewStore(
    Effect.gen(function* () {
      const { account, tokens } = yield* open
      const { sessionId } = yield* authenticate(tokens)
      const userId = account.id
      expect((yield* Effect.flip(register(registerCommand(ownerEmail))))._tag).toBe("EmailTaken")
      expect((yield* Effect.flip(claimOwner(registerCommand(ownerEmail))))._tag).toBe("EmailTaken")
      for (const typed of [noPassword, "Owner", "x"]) {
        expect((yield* Effect.flip(logIn(logInCommand(ownerEmail, typed))))._tag).toBe("InvalidCredentials")
        const input = { userId, sessionId, currentPassword: typed, newPassword: "Another horse 2", ip: "local" }
        expect((yield* Effect.flip(changePassword(read(ChangePassword)(input))))._tag).toBe("InvalidCredentials")
        const deletion = deleteAccount(read(DeleteAccount)({ userId, password: typed, ip: "other" }))
        expect((yield* Effect.flip(deletion))._tag).toBe("InvalidCredentials")
      }
      expect((yield* Effect.flip(issueResetLink({ userId })))._tag).toBe("OwnerUnclaimed")
      const token = yield* issueResetToken(userId)
      const reset = resetPassword(read(ResetPassword)({ token, password: "Another horse 2" }))
      expect((yield* Effect.flip(reset))._tag).toBe("InvalidResetToken")
      for (const kind of ["ResetPassword", "VerifyEmail", "TokenTheft"] as const) yield* queueEmail(userId, kind)
      expect(yield* mailedTokens(ownerEmail)).toStrictEqual([])
      expect(yield* (yield* AccountRepository).get(userId)).toStrictEqual(account)
    }),
  ),
)

it.effect("an owner may use the list even if verified addresses are required", () =>
  onNewStore(
    Effect.gen(function* () {
      const access = yield* makeAccess({ isVerifiedEmailRequired: true })
      const identity = yield* authenticate((yield* open).tokens)
      expect(yield* access.decide(identity, "tasks", Effect.succeed("allowed"), Effect.fail)).toBe("allowed")
    }),
  ),
)

it.effect("claimOwner keeps the tasks, gives address and password, and ends the sessions from before", () =>
  onNewStore(
    Effect.gen(function* () {
      const before = yield* open
      const task = yield* keepTask(before.account.id)
      const events: Array<unknown> = []
      const keep = Logger.map(Logger.formatStructured, ({ annotations }) => {
        if ("event" in annotations) events.push(annotations)
      })
      const command = registerCommand()
      const claimed = yield* Effect.provide(claimOwner(command), Logger.layer([keep]))
      const { id } = before.account
      expect(claimed.account).toMatchObject({ id, email: command.email, fullName: command.fullName })
      expect(claimed.account).toMatchObject({ isEmailVerified: false, createdAt: before.account.createdAt })
      expect(events).toStrictEqual([{ event: "owner.claimed", user_id: id, revoked_sessions: 1 }])
      expect((yield* Effect.flip(authenticate(before.tokens)))._tag).toBe("InvalidAccessToken")
      expect((yield* authenticate(claimed.tokens)).userId).toBe(id)
      expect((yield* logIn(logInCommand(command.email))).account.id).toBe(id)
      expect(yield* (yield* TaskRepository).get(id, task.id)).toStrictEqual(task)
      expect(yield* lastMailedToken(command.email)).not.toBe("")
      // It is an account like any other now.
      expect(yield* findOwner).toStrictEqual(Option.none())
      expect((yield* Effect.flip(open))._tag).toBe("NoOwner")
      expect((yield* Effect.flip(claimOwner(registerCommand())))._tag).toBe("NoOwner")
    }),
  ),
)

it.effect("claimOwner refuses a common password and the address of another account, and changes nothing", () =>
  onNewStore(
    Effect.gen(function* () {
      const { account, tokens } = yield* open
      const { account: other } = yield* registerUser
      expect((yield* Effect.flip(claimOwner(registerCommand(other.email))))._tag).toBe("EmailTaken")
      const common = { ...registerCommand(), password: "Password1" }
      const weak = Effect.flip(claimOwner(common as ReturnType<typeof registerCommand>))
      expect((yield* weak)._tag).toBe("CommonPassword")
      expect(yield* findOwner).toStrictEqual(Option.some(account))
      expect((yield* authenticate(tokens)).userId).toBe(account.id)
    }),
  ),
)

it.effect("claimOwner succeeds in exactly one of five concurrent calls", () =>
  onNewStore(
    Effect.gen(function* () {
      yield* open
      const results = yield* allAtOnce(Array.from({ length: 5 }, () => Effect.result(claimOwner(registerCommand()))))
      expect(results.filter(({ _tag }) => _tag === "Success").length).toBe(1)
      for (const each of results) if (each._tag === "Failure") expect(each.failure._tag).toBe("NoOwner")
    }),
  ),
)
