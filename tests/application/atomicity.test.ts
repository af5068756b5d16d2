/** Holds use cases with several writes to all or none of them when the store fails between two. */
import { expect, layer } from "@effect/vitest"
import { Effect, Exit, Option } from "effect"
import { AccountRepository } from "../../application/accounts/AccountRepository.ts"
import { deleteUser } from "../../application/accounts/administration/DeleteUser.ts"
import { verifyEmail } from "../../application/accounts/email/VerifyEmail.ts"
import { issueResetToken } from "../../application/accounts/passwords/IssueResetToken.ts"
import { ResetPassword, resetPassword } from "../../application/accounts/passwords/ResetPassword.ts"
import { register } from "../../application/accounts/registration/Register.ts"
import { authenticate } from "../../application/accounts/sessions/Authenticate.ts"
import { signOutEverywhere } from "../../application/accounts/sessions/SignOutEverywhere.ts"
import { ApiTokenRepository } from "../../application/accounts/tokens/ApiTokenRepository.ts"
import { runBatch } from "../../application/batch/RunBatch.ts"
import { Outbox } from "../../application/outbox/Outbox.ts"
import { Unavailable } from "../../application/shared/Unavailable.ts"
import { TaskRepository } from "../../application/tasks/TaskRepository.ts"
import { memory } from "../../bootstrap/memory.ts"
import { TaskTitle } from "../../domain/tasks/TaskFields.ts"
import { lastMailedToken, mailedTokens, registerCommand, registerUser } from "../support/accounts.ts"
import { read } from "../support/decoding.ts"
import { keepApiToken, makeQuery } from "../support/entities.ts"

/** The store became unavailable between two steps of a use case. */
const away = () => Effect.die(new Unavailable({ dependency: "the database", retryAfterMillis: 1_000 }))

layer(memory)("a use case that is interrupted between two writes", (it) => {
  it.effect("stores nothing of a registration, and sends no email", () =>
    Effect.gen(function* () {
      const accounts = yield* AccountRepository
      const outbox = yield* Outbox
      const command = registerCommand()
      const cutOff = register(command).pipe(Effect.provideService(Outbox, { ...outbox, add: away }))
      expect(Exit.hasDies(yield* Effect.exit(cutOff))).toBe(true)
      expect(yield* accounts.findByEmail(command.email)).toStrictEqual(Option.none())
      expect(yield* mailedTokens(command.email)).toStrictEqual([])
      const { tokens } = yield* register(command)
      yield* authenticate(tokens)
    }),
  )

  it.effect("stores nothing of a batch", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const { account } = yield* registerUser
      const create = { _tag: "CreateTask", title: TaskTitle.make("Water the plants") } as const
      const batch = { userId: account.id, operations: [create, create], isAtomic: false, isDryRun: false }
      let inserted = 0
      const insert: typeof tasks.insert = (task) => (++inserted === 1 ? tasks.insert(task) : away())
      const cutOff = runBatch(batch).pipe(Effect.provideService(TaskRepository, { ...tasks, insert }))
      expect(Exit.hasDies(yield* Effect.exit(cutOff))).toBe(true)
      expect((yield* tasks.list(account.id, makeQuery())).total).toBe(0)
      yield* runBatch(batch)
      expect((yield* tasks.list(account.id, makeQuery())).total).toBe(2)
    }),
  )

  it.effect("ends no session and revokes no API token of a user that signs out everywhere", () =>
    Effect.gen(function* () {
      const apiTokens = yield* ApiTokenRepository
      const { account, tokens } = yield* registerUser
      const { hash, token } = yield* keepApiToken(account.id)
      const signOut = signOutEverywhere({ userId: account.id, withTokens: true })
      const cutOff = signOut.pipe(Effect.provideService(ApiTokenRepository, { ...apiTokens, revokeAll: away }))
      expect(Exit.hasDies(yield* Effect.exit(cutOff))).toBe(true)
      yield* authenticate(tokens)
      expect(yield* apiTokens.findByHash(hash)).toStrictEqual(Option.some(token))
      yield* signOut
      expect((yield* Effect.flip(authenticate(tokens)))._tag).toBe("InvalidAccessToken")
      expect(yield* apiTokens.findByHash(hash)).toStrictEqual(Option.none())
    }),
  )

  it.effect("leaves the API tokens of an account that is not deleted", () =>
    Effect.gen(function* () {
      const accounts = yield* AccountRepository
      const apiTokens = yield* ApiTokenRepository
      const { account } = yield* registerUser
      const { hash, token } = yield* keepApiToken(account.id)
      const cutOff = deleteUser({ userId: account.id }).pipe(
        Effect.provideService(AccountRepository, { ...accounts, delete: away }),
      )
      expect(Exit.hasDies(yield* Effect.exit(cutOff))).toBe(true)
      expect(yield* apiTokens.findByHash(hash)).toStrictEqual(Option.some(token))
    }),
  )

  it.effect("leaves a verification token valid", () =>
    Effect.gen(function* () {
      const accounts = yield* AccountRepository
      const { account } = yield* registerUser
      const token = yield* lastMailedToken(account.email)
      const cutOff = verifyEmail({ token }).pipe(
        Effect.provideService(AccountRepository, { ...accounts, update: away }),
      )
      expect(Exit.hasDies(yield* Effect.exit(cutOff))).toBe(true)
      expect((yield* verifyEmail({ token })).isEmailVerified).toBe(true)
    }),
  )

  it.effect("leaves a reset token valid, the address unverified and the password unchanged", () =>
    Effect.gen(function* () {
      const accounts = yield* AccountRepository
      const outbox = yield* Outbox
      const { account } = yield* registerUser
      const token = yield* issueResetToken(account.id)
      const command = read(ResetPassword)({ token, password: "Another horse 2" })
      const cutOff = resetPassword(command).pipe(Effect.provideService(Outbox, { ...outbox, add: away }))
      expect(Exit.hasDies(yield* Effect.exit(cutOff))).toBe(true)
      expect(yield* accounts.get(account.id)).toStrictEqual(account)
      yield* resetPassword(command)
      expect((yield* accounts.get(account.id)).isEmailVerified).toBe(true)
    }),
  )
})
