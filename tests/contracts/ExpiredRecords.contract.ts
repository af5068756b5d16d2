/** The contract suite of the `ExpiredRecords` port, which every adapter of it runs with its repositories. */
import { expect, layer } from "@effect/vitest"
import { Effect, type Layer, Option } from "effect"
import { EmailVerificationRepository } from "../../application/accounts/email/EmailVerificationRepository.ts"
import { PasswordResetRepository } from "../../application/accounts/passwords/PasswordResetRepository.ts"
import { SessionRepository } from "../../application/accounts/sessions/SessionRepository.ts"
import { ApiTokenRepository } from "../../application/accounts/tokens/ApiTokenRepository.ts"
import { CategoryRepository } from "../../application/categories/CategoryRepository.ts"
import { IdempotencyRecords } from "../../application/changes/IdempotencyRecords.ts"
import { ExpiredRecords } from "../../application/cleanup/ExpiredRecords.ts"
import { Outbox } from "../../application/outbox/Outbox.ts"
import type { Repositories } from "../../application/Ports.ts"
import { UnitOfWork } from "../../application/shared/UnitOfWork.ts"
import { EmailVerification } from "../../domain/accounts/EmailVerification.ts"
import { PasswordReset } from "../../domain/accounts/PasswordReset.ts"
import { refresh, start } from "../../domain/accounts/Session.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import type { Timestamp } from "../../domain/shared/Timestamp.ts"
import {
  at,
  keepApiToken,
  keepCategory,
  keepTask,
  keepUser,
  makeRecord,
  newSessionId,
  newTaskId,
  newTokenHash,
  newTokenSalt,
} from "../support/entities.ts"
import { before, deleteTask, longAgo, nothing, removeBatch } from "./expiredRecords/fixtures.ts"
import { history } from "./expiredRecords/history.ts"

const lifetimeMillis = 60_000
const policy = { lifetimeMillis, reuseLeewayMillis: 0 }

const keepSession = Effect.fnUntraced(function* (userId: UserId, seconds: number, revokedAt: Timestamp | null = null) {
  const sessions = yield* SessionRepository
  const started = start(
    { id: newSessionId(), device: null, userId, tokenHash: newTokenHash() },
    policy,
    longAgo(seconds),
  )
  yield* sessions.insert({ ...started.session, revokedAt }, started.token)
  return started
})

type Started = Effect.Success<ReturnType<typeof keepSession>>

const rotate = Effect.fnUntraced(function* (
  { session, token }: Started,
  seconds: number,
  revokedAt: Timestamp | null = null,
) {
  const sessions = yield* SessionRepository
  const next = { hash: newTokenHash(), salt: newTokenSalt() }
  const decision = refresh({ session, presented: token, successor: null }, next, policy, longAgo(seconds))
  if (decision._tag !== "Rotated") throw new Error(`The fixture cannot rotate: ${decision._tag}`)
  yield* sessions.rotate({ ...decision.session, revokedAt }, decision.replaced, decision.successor)
  return { session: decision.session, token: decision.successor }
})

const isKnown = ({ token }: Started) =>
  Effect.flatMap(SessionRepository, (sessions) =>
    Effect.map(sessions.findByTokenForUpdate(token.userId, token.hash), Option.isSome),
  )

/** Registers the tests of every promise that an `ExpiredRecords` makes, together with the repositories of its store. */
export const suite = (name: string, repositories: Layer.Layer<Repositories, unknown>) =>
  layer(repositories, { excludeTestServices: true })(`ExpiredRecords: ${name}`, (it) => {
    it.effect("removes sessions that expired before the time, with their tokens", () =>
      Effect.gen(function* () {
        const userId = yield* keepUser
        const [first, last] = [yield* keepSession(userId, 0), yield* keepSession(userId, 1)]
        expect(yield* removeBatch(60)).toStrictEqual(nothing)
        expect(yield* removeBatch(61)).toStrictEqual({ ...nothing, sessions: 1, refreshTokens: 1 })
        expect(yield* isKnown(first)).toBe(false)
        expect(yield* isKnown(last)).toBe(true)
        expect(yield* removeBatch(62)).toStrictEqual({ ...nothing, sessions: 1, refreshTokens: 1 })
      }),
    )

    it.effect("removes sessions that were revoked before the time, even if they would expire later", () =>
      Effect.gen(function* () {
        const sessions = yield* SessionRepository
        const userId = yield* keepUser
        const [ended, running] = [yield* keepSession(userId, 100, longAgo(105)), yield* keepSession(userId, 100)]
        expect(yield* removeBatch(105)).toStrictEqual(nothing)
        expect(yield* sessions.revokedSince(longAgo(105))).toContain(ended.session.id)
        expect(yield* removeBatch(106)).toStrictEqual({ ...nothing, sessions: 1, refreshTokens: 1 })
        expect(yield* sessions.revokedSince(longAgo(0))).not.toContain(ended.session.id)
        expect(yield* isKnown(running)).toBe(true)
        expect(yield* removeBatch(161)).toStrictEqual({ ...nothing, sessions: 1, refreshTokens: 1 })
      }),
    )

    it.effect("removes only the expired tokens of an active session", () =>
      Effect.gen(function* () {
        const started = yield* keepSession(yield* keepUser, 200)
        const rotated = yield* rotate(started, 230)
        const live = yield* rotate(rotated, 280)
        expect(yield* removeBatch(261)).toStrictEqual({ ...nothing, refreshTokens: 1 })
        expect(yield* isKnown(started)).toBe(false)
        expect(yield* isKnown(rotated)).toBe(true)
        expect(yield* isKnown(live)).toBe(true)
        expect(yield* removeBatch(1_000)).toStrictEqual({ ...nothing, sessions: 1, refreshTokens: 2 })
      }),
    )

    it.effect("removes a session with many tokens in several batches, the session last", () =>
      Effect.gen(function* () {
        const userId = yield* keepUser
        const revokedAt = longAgo(2_005)
        let held = yield* keepSession(userId, 2_000, revokedAt)
        for (let second = 2_001; second <= 2_004; second++) held = yield* rotate(held, second, revokedAt)
        expect(yield* removeBatch(2_006, 2)).toStrictEqual({ ...nothing, refreshTokens: 2 })
        expect(yield* removeBatch(2_006, 2)).toStrictEqual({ ...nothing, refreshTokens: 2 })
        expect(yield* removeBatch(2_006, 2)).toStrictEqual({ ...nothing, sessions: 1, refreshTokens: 1 })
        expect(yield* removeBatch(2_006, 2)).toStrictEqual(nothing)
      }),
    )

    it.effect("removes API tokens that expired before the time, and what is remembered of revoked ones", () =>
      Effect.gen(function* () {
        const tokens = yield* ApiTokenRepository
        const userId = yield* keepUser
        const early = yield* keepApiToken(userId, { createdAt: longAgo(2_500), expiresAt: longAgo(2_600) })
        const late = yield* keepApiToken(userId, { createdAt: longAgo(2_500), expiresAt: longAgo(2_601) })
        expect(yield* removeBatch(2_600)).toStrictEqual(nothing)
        expect(yield* removeBatch(2_601)).toStrictEqual({ ...nothing, apiTokens: 1 })
        expect(yield* tokens.findByHash(early.hash)).toStrictEqual(Option.none())
        expect(yield* tokens.findByHash(late.hash)).toStrictEqual(Option.some(late.token))
        expect(yield* removeBatch(2_602)).toStrictEqual({ ...nothing, apiTokens: 1 })
        // A revocation of now is kept, and one of long ago is not.
        const { token } = yield* keepApiToken(userId)
        yield* tokens.revoke(userId, token.id)
        expect(yield* removeBatch(2_602)).toStrictEqual(nothing)
        expect(yield* tokens.revokedSince(at(0))).toContain(token.id)
      }),
    )

    it.effect("removes verifications that expired before the time", () =>
      Effect.gen(function* () {
        const verifications = yield* EmailVerificationRepository
        const [early, late] = [yield* keepUser, yield* keepUser]
        const tokenHash = newTokenHash()
        yield* verifications.replace(EmailVerification.make({ userId: early, tokenHash, expiresAt: longAgo(3_000) }))
        yield* verifications.replace(EmailVerification.make({ userId: late, tokenHash, expiresAt: longAgo(3_001) }))
        expect(yield* removeBatch(3_000)).toStrictEqual(nothing)
        expect(yield* removeBatch(3_001)).toStrictEqual({ ...nothing, emailVerifications: 1 })
        expect(Option.isNone(yield* verifications.take(early, tokenHash))).toBe(true)
        expect(Option.isSome(yield* verifications.take(late, tokenHash))).toBe(true)
      }),
    )

    it.effect("removes password resets that expired before the time", () =>
      Effect.gen(function* () {
        const resets = yield* PasswordResetRepository
        const [early, late] = [yield* keepUser, yield* keepUser]
        const tokenHash = newTokenHash()
        yield* resets.replace(PasswordReset.make({ userId: early, tokenHash, expiresAt: longAgo(3_500) }))
        yield* resets.replace(PasswordReset.make({ userId: late, tokenHash, expiresAt: longAgo(3_501) }))
        expect(yield* removeBatch(3_500)).toStrictEqual(nothing)
        expect(yield* removeBatch(3_501)).toStrictEqual({ ...nothing, passwordResets: 1 })
        expect(Option.isNone(yield* resets.take(early, tokenHash))).toBe(true)
        expect(Option.isSome(yield* resets.take(late, tokenHash))).toBe(true)
      }),
    )

    it.effect("removes sent emails and dead letters, each by its own time, and no waiting email", () =>
      Effect.gen(function* () {
        const outbox = yield* Outbox
        const { atomically } = yield* UnitOfWork
        const expired = yield* ExpiredRecords
        const userId = yield* keepUser
        const keepMail = Effect.fnUntraced(function* (seconds: number) {
          const mail = { id: newTaskId(), userId, kind: "VerifyEmail", createdAt: longAgo(seconds) } as const
          yield* outbox.add(mail)
          return { ...mail, attempts: 0 }
        })
        const [sent, dead, waiting] = [yield* keepMail(3_800), yield* keepMail(3_800), yield* keepMail(3_800)]
        yield* outbox.markSent(sent, longAgo(3_801))
        yield* outbox.markDead(dead, longAgo(3_801), "refused")
        const count = outbox.countSince(userId, "VerifyEmail", longAgo(0))
        const remove = (times: { readonly sentEmails: number; readonly deadLetters: number }) =>
          atomically(
            expired.removeBatch(
              { ...before(0), sentEmails: longAgo(times.sentEmails), deadLetters: longAgo(times.deadLetters) },
              1_000,
              at(100),
            ),
          )
        yield* remove({ sentEmails: 3_801, deadLetters: 3_801 })
        expect(yield* count).toBe(3)
        yield* remove({ sentEmails: 3_802, deadLetters: 3_801 })
        expect(yield* count).toBe(2)
        yield* remove({ sentEmails: 3_802, deadLetters: 3_802 })
        expect(yield* count).toBe(1)
        yield* outbox.markSent(waiting, longAgo(3_801))
        expect((yield* removeBatch(3_802)).outgoingEmails).toBe(1)
      }),
    )

    history(it)

    it.effect("removes at most the limit of each kind over all users, and the rest in later batches", () =>
      Effect.gen(function* () {
        const resets = yield* PasswordResetRepository
        const verifications = yield* EmailVerificationRepository
        const categories = yield* CategoryRepository
        const records = yield* IdempotencyRecords
        for (let user = 0; user < 5; user++) {
          const userId = yield* keepUser
          // The first change of each user is an old one.
          yield* keepTask(userId, { createdAt: longAgo(5_000), updatedAt: longAgo(5_000) })
          yield* keepSession(userId, 5_000)
          yield* keepApiToken(userId, { createdAt: longAgo(4_900), expiresAt: longAgo(5_000) })
          yield* records.insert(userId, makeRecord({ at: longAgo(5_000) }))
          const { id } = yield* keepCategory(userId)
          yield* categories.delete(userId, id, longAgo(5_000))
          yield* deleteTask(userId, 5_000)
          yield* verifications.replace(
            EmailVerification.make({ userId, tokenHash: newTokenHash(), expiresAt: longAgo(5_000) }),
          )
          yield* resets.replace(PasswordReset.make({ userId, tokenHash: newTokenHash(), expiresAt: longAgo(5_000) }))
        }
        const counts = (each: number) => ({
          ...nothing,
          sessions: each,
          refreshTokens: each,
          apiTokens: each,
          emailVerifications: each,
          passwordResets: each,
          tasks: each,
          categories: each,
          changes: each,
          idempotencyRecords: each,
        })
        const [full, rest] = [counts(2), counts(1)]
        expect(yield* removeBatch(6_000, 2)).toStrictEqual(full)
        expect(yield* removeBatch(6_000, 2)).toStrictEqual(full)
        expect(yield* removeBatch(6_000, 2)).toStrictEqual(rest)
        expect(yield* removeBatch(6_000, 2)).toStrictEqual(nothing)
      }),
    )

    it.effect("removes nothing if the unit of work fails", () =>
      Effect.gen(function* () {
        const expired = yield* ExpiredRecords
        const { atomically } = yield* UnitOfWork
        const session = yield* keepSession(yield* keepUser, 7_000)
        const unit = Effect.andThen(expired.removeBatch(before(8_000), 10, at(100)), Effect.fail("refused"))
        expect(yield* Effect.flip(atomically(unit))).toBe("refused")
        expect(yield* isKnown(session)).toBe(true)
        expect(yield* removeBatch(8_000)).toStrictEqual({ ...nothing, sessions: 1, refreshTokens: 1 })
      }),
    )
  })
