/** The writes of accounts, sessions, and tokens in emails. */
import { Effect } from "effect"
import { AccountRepository } from "../../../application/accounts/AccountRepository.ts"
import { EmailVerificationRepository } from "../../../application/accounts/email/EmailVerificationRepository.ts"
import { PasswordResetRepository } from "../../../application/accounts/passwords/PasswordResetRepository.ts"
import { SessionRepository } from "../../../application/accounts/sessions/SessionRepository.ts"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import { issue as issueVerification } from "../../../domain/accounts/EmailVerification.ts"
import { issue as issueReset } from "../../../domain/accounts/PasswordReset.ts"
import { refresh } from "../../../domain/accounts/Session.ts"
import type { TokenHash } from "../../../domain/accounts/TokenHash.ts"
import { FullName } from "../../../domain/accounts/UserAccount.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"
import {
  at,
  keepAccount,
  keepTask,
  keepUser,
  makeAccount,
  makeSession,
  newEmail,
  newTokenHash,
  newTokenSalt,
} from "../../support/entities.ts"
import { type Methods, peek } from "./PreparedWrite.ts"

export const accountRepository: Methods<AccountRepository["Service"]> = {
  get: "read",
  getForUpdate: "read",
  findByEmail: "read",
  list: "read",
  insert: Effect.gen(function* () {
    const accounts = yield* AccountRepository
    const account = makeAccount()
    return { write: accounts.insert(account), look: accounts.findByEmail(account.email) }
  }),
  update: Effect.gen(function* () {
    const accounts = yield* AccountRepository
    const account = yield* keepAccount()
    return {
      write: accounts.update({ ...account, fullName: FullName.make("Grace Hopper") }),
      look: accounts.get(account.id),
    }
  }),
  updateWithEmail: Effect.gen(function* () {
    const accounts = yield* AccountRepository
    const account = yield* keepAccount()
    return {
      write: accounts.updateWithEmail({ ...account, email: newEmail() }),
      look: Effect.all([accounts.get(account.id), accounts.findByEmail(account.email)]),
    }
  }),
  delete: Effect.gen(function* () {
    const accounts = yield* AccountRepository
    const sessions = yield* SessionRepository
    const tasks = yield* TaskRepository
    const userId = yield* keepUser
    const task = yield* keepTask(userId)
    const { session } = yield* keepSession(userId)
    return {
      write: accounts.delete(userId),
      look: Effect.all({
        account: Effect.result(accounts.get(userId)),
        task: tasks.exists(task.id),
        isRevoked: Effect.map(sessions.revokedSince(at(0)), (revoked) => revoked.includes(session.id)),
      }),
    }
  }),
}

const policy = { lifetimeMillis: 60_000, reuseLeewayMillis: 0 }

const keepSession = Effect.fnUntraced(function* (userId: UserId) {
  const sessions = yield* SessionRepository
  const started = makeSession(userId, policy.lifetimeMillis)
  yield* sessions.insert(started.session, started.token)
  return started
})

export const sessionRepository: Methods<SessionRepository["Service"]> = {
  findByTokenForUpdate: "read",
  list: "read",
  revokedSince: "read",
  time: "read",
  insert: Effect.gen(function* () {
    const sessions = yield* SessionRepository
    const { session, token } = makeSession(yield* keepUser)
    return { write: sessions.insert(session, token), look: sessions.findByTokenForUpdate(session.userId, token.hash) }
  }),
  rotate: Effect.gen(function* () {
    const sessions = yield* SessionRepository
    const { session, token } = yield* keepSession(yield* keepUser)
    const next = { hash: newTokenHash(), salt: newTokenSalt() }
    const rotation = refresh({ session, presented: token, successor: null }, next, policy, at(1))
    if (rotation._tag !== "Rotated") return yield* Effect.die(`The fixture cannot rotate: ${rotation._tag}`)
    return {
      write: sessions.rotate(rotation.session, rotation.replaced, rotation.successor),
      look: Effect.all([
        sessions.findByTokenForUpdate(session.userId, token.hash),
        sessions.findByTokenForUpdate(session.userId, next.hash),
      ]),
    }
  }),
  revoke: Effect.gen(function* () {
    const sessions = yield* SessionRepository
    const { session } = yield* keepSession(yield* keepUser)
    return {
      write: sessions.revoke(session.userId, session.id),
      look: sessions.list(session.userId, session.id, at(1)),
    }
  }),
  revokeAll: Effect.gen(function* () {
    const sessions = yield* SessionRepository
    const userId = yield* keepUser
    const { session } = yield* keepSession(userId)
    yield* keepSession(userId)
    return { write: sessions.revokeAll(userId, session.id), look: sessions.list(userId, session.id, at(1)) }
  }),
}

/** Prepares the writes of a repository with at most one token a user. */
const tokenWrites = <Token extends { readonly userId: UserId; readonly tokenHash: TokenHash }, R>(
  port: Effect.Effect<
    {
      readonly replace: (token: Token) => Effect.Effect<void>
      readonly take: (userId: UserId, hash: TokenHash) => Effect.Effect<unknown>
      readonly remove: (userId: UserId) => Effect.Effect<void>
    },
    never,
    R
  >,
  make: (userId: UserId) => Token,
) => {
  const prepared = (
    write: (tokens: Effect.Success<typeof port>, old: Token, wanted: Token) => Effect.Effect<unknown>,
  ) =>
    Effect.gen(function* () {
      const tokens = yield* port
      const userId = yield* keepUser
      const [old, wanted] = [make(userId), make(userId)]
      yield* tokens.replace(old)
      const hashes = [old.tokenHash, wanted.tokenHash]
      return {
        write: write(tokens, old, wanted),
        look: Effect.forEach(hashes, (hash) => peek(tokens.take(userId, hash))),
      }
    })
  return {
    replace: prepared((tokens, _, wanted) => tokens.replace(wanted)),
    take: prepared((tokens, old) => tokens.take(old.userId, old.tokenHash)),
    remove: prepared((tokens, old) => tokens.remove(old.userId)),
  }
}

export const emailVerificationRepository: Methods<EmailVerificationRepository["Service"]> = tokenWrites(
  EmailVerificationRepository,
  (userId) => issueVerification(userId, newTokenHash(), at(0)),
)

export const passwordResetRepository: Methods<PasswordResetRepository["Service"]> = {
  find: "read",
  ...tokenWrites(PasswordResetRepository, (userId) => issueReset(userId, newTokenHash(), at(0))),
}
