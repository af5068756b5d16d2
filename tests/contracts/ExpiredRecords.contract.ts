/** The contract suite of the `ExpiredRecords` port, which every adapter of it runs with its repositories. */
import { expect, layer } from "@effect/vitest"
import { Effect, type Layer, Option } from "effect"
import { EmailVerificationRepository } from "../../application/accounts/email/EmailVerificationRepository.ts"
import { PasswordResetRepository } from "../../application/accounts/passwords/PasswordResetRepository.ts"
import { SessionRepository } from "../../application/accounts/sessions/SessionRepository.ts"
import { CategoryRepository } from "../../application/categories/CategoryRepository.ts"
import { ChangeRepository } from "../../application/changes/ChangeRepository.ts"
import { IdempotencyRecords } from "../../application/changes/IdempotencyRecords.ts"
import { ExpiredRecords } from "../../application/cleanup/ExpiredRecords.ts"
import { Outbox } from "../../application/outbox/Outbox.ts"
import type { Repositories } from "../../application/Ports.ts"
import { UnitOfWork } from "../../application/shared/UnitOfWork.ts"
import { TaskRepository } from "../../application/tasks/TaskRepository.ts"
import { EmailVerification } from "../../domain/accounts/EmailVerification.ts"
import { PasswordReset } from "../../domain/accounts/PasswordReset.ts"
import { refresh, start } from "../../domain/accounts/Session.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { CategoryName } from "../../domain/categories/Category.ts"
import type { Timestamp } from "../../domain/shared/Timestamp.ts"
import { nextVersion } from "../../domain/shared/Version.ts"
import {
  at,
  keepCategory,
  keepTask,
  keepUser,
  makeRecord,
  newSessionId,
  newTaskId,
  newTokenHash,
  newTokenSalt,
} from "../support/entities.ts"

/** Twenty years before all other records of the tests, because they may share the store. */
const longAgo = (seconds: number): Timestamp => at(seconds - 20 * 365 * 86_400)
const lifetimeMillis = 60_000
const policy = { lifetimeMillis, reuseLeewayMillis: 0 }

/** The limits for records that expired before that many seconds. */
const before = (seconds: number) => ({
  sessionsAndTokens: longAgo(seconds),
  sentEmails: longAgo(seconds),
  deadLetters: longAgo(seconds),
  deletedTasks: longAgo(seconds),
  changes: longAgo(seconds),
  idempotencyRecords: longAgo(seconds),
})

const nothing = {
  sessions: 0,
  refreshTokens: 0,
  emailVerifications: 0,
  passwordResets: 0,
  outgoingEmails: 0,
  tasks: 0,
  categories: 0,
  changes: 0,
  idempotencyRecords: 0,
}

/**
 * Removes one batch. Leaves out the count of revoked sessions, because each store decides how it remembers them, and
 * so how many.
 */
const removeBatch = Effect.fnUntraced(function* (seconds: number, limit = 1_000) {
  const expired = yield* ExpiredRecords
  const { atomically } = yield* UnitOfWork
  const removed = yield* atomically(expired.removeBatch(before(seconds), limit, at(100)))
  if (removed === null) throw new Error("Another process has the turn")
  const { revocations: _, ...counts } = removed
  return counts
})

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

const deleteTask = Effect.fnUntraced(function* (userId: UserId, seconds: number) {
  const tasks = yield* TaskRepository
  const task = yield* keepTask(userId)
  const category = yield* keepCategory(userId, { name: CategoryName.make(`Removed after ${seconds} seconds`) })
  yield* tasks.update(task, { ...task, categories: [category], version: nextVersion(task.version) })
  yield* tasks.delete(userId, task.id, longAgo(seconds))
  return task
})

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

    it.effect("removes only tasks that were deleted before the time, with their assignments", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepository
        const userId = yield* keepUser
        const [early, late] = [yield* deleteTask(userId, 4_000), yield* deleteTask(userId, 4_001)]
        const living = yield* keepTask(userId, { createdAt: longAgo(0), updatedAt: longAgo(0) })
        expect(yield* removeBatch(4_000)).toStrictEqual(nothing)
        expect(yield* removeBatch(4_001)).toStrictEqual({ ...nothing, tasks: 1 })
        const missing = yield* Effect.flip(tasks.getDeleted(userId, early.id))
        expect(missing._tag).toBe("TaskNotFound")
        expect((yield* tasks.getDeleted(userId, late.id)).task.id).toBe(late.id)
        expect((yield* tasks.get(userId, living.id)).id).toBe(living.id)
        expect(yield* removeBatch(4_002)).toStrictEqual({ ...nothing, tasks: 1 })
      }),
    )

    it.effect("removes only categories that were deleted before the time, with their assignments", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepository
        const categories = yield* CategoryRepository
        const userId = yield* keepUser
        const keepDeleted = Effect.fnUntraced(function* (name: string, seconds: number) {
          const { id } = yield* keepCategory(userId, { name: CategoryName.make(name) })
          const [one, other] = [yield* keepTask(userId), yield* keepTask(userId)]
          return { id, seconds, tasks: [one, other] }
        })
        const [early, late] = [yield* keepDeleted("Early", 4_500), yield* keepDeleted("Late", 4_501)]
        for (const { id, seconds, tasks: users } of [early, late]) {
          const category = yield* categories.get(userId, id)
          for (const task of users) {
            yield* tasks.update(task, { ...task, categories: [category], version: nextVersion(task.version) })
          }
          yield* categories.delete(userId, id, longAgo(seconds))
        }
        expect(yield* removeBatch(4_500)).toStrictEqual(nothing)
        expect((yield* removeBatch(4_501)).categories).toBeGreaterThan(0)
        while ((yield* removeBatch(4_501)).categories > 0);
        expect((yield* Effect.flip(categories.getDeleted(userId, early.id)))._tag).toBe("CategoryNotFound")
        expect((yield* categories.getDeleted(userId, late.id)).deletedAt).toBe(longAgo(4_501))
        for (const { id, version } of [...early.tasks, ...late.tasks]) {
          expect(yield* tasks.get(userId, id)).toMatchObject({ categories: [], version: nextVersion(version) })
        }
        while ((yield* removeBatch(4_502)).categories > 0);
        expect((yield* Effect.flip(categories.getDeleted(userId, late.id)))._tag).toBe("CategoryNotFound")
      }),
    )

    it.effect("removes changes from before the time, and no others", () =>
      Effect.gen(function* () {
        const changes = yield* ChangeRepository
        const userId = yield* keepUser
        for (const seconds of [4_700, 4_701, 4_702]) {
          yield* keepTask(userId, { createdAt: longAgo(seconds), updatedAt: longAgo(seconds) })
        }
        yield* keepTask(userId)
        expect(yield* removeBatch(4_700)).toStrictEqual(nothing)
        expect(yield* removeBatch(4_702)).toStrictEqual({ ...nothing, changes: 2 })
        const { latest, oldest } = yield* changes.ends(userId)
        expect([oldest.seq, latest.seq]).toStrictEqual([2, 4])
        expect(yield* removeBatch(4_703)).toStrictEqual({ ...nothing, changes: 1 })
      }),
    )

    it.effect("removes idempotency records from before the time, and no others", () =>
      Effect.gen(function* () {
        const records = yield* IdempotencyRecords
        const userId = yield* keepUser
        const [early, late] = [makeRecord({ at: longAgo(4_800) }), makeRecord({ at: longAgo(4_801) })]
        yield* records.insert(userId, early)
        yield* records.insert(userId, late)
        expect(yield* removeBatch(4_800)).toStrictEqual(nothing)
        expect(yield* removeBatch(4_801)).toStrictEqual({ ...nothing, idempotencyRecords: 1 })
        expect(yield* records.get(userId, early.key)).toStrictEqual(Option.none())
        expect(yield* records.get(userId, late.key)).toStrictEqual(Option.some(late))
        expect(yield* removeBatch(4_802)).toStrictEqual({ ...nothing, idempotencyRecords: 1 })
      }),
    )

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
