/** Holds requests for emails to a short response while the account's row is locked. */
import { PgClient } from "@effect/sql-pg"
import { expect, layer } from "@effect/vitest"
import { Cause, Deferred, Effect, Exit, Fiber, Layer } from "effect"
import * as MemoryEmailSender from "../../../adapters/memory/MemoryEmailSender.ts"
import * as MemorySharedState from "../../../adapters/memory/state/MemorySharedState.ts"
import { AccountRepository } from "../../../application/accounts/AccountRepository.ts"
import { resendVerification } from "../../../application/accounts/email/ResendVerification.ts"
import { requestPasswordReset } from "../../../application/accounts/passwords/RequestPasswordReset.ts"
import { handleEmailRequests, runEmailRequests } from "../../../application/mail/HandleEmailRequests.ts"
import { EmailRequests, waitingRequestsLimit } from "../../../application/outbox/EmailRequests.ts"
import { Outbox } from "../../../application/outbox/Outbox.ts"
import { Unavailable } from "../../../application/shared/Unavailable.ts"
import { UnitOfWork } from "../../../application/shared/UnitOfWork.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"
import { cheapCrypto } from "../../support/cheapCrypto.ts"
import { at, keepAccount, newEmail, newTaskId } from "../../support/entities.ts"
import { describeOnPostgres, freshRepositories } from "../../support/postgres.ts"

const service = Layer.mergeAll(MemorySharedState.layer, MemoryEmailSender.layer).pipe(
  Layer.provideMerge(Layer.merge(freshRepositories(), cheapCrypto)),
)

/** Locks the account's row until the effect ends, as a statement of another request may. */
const whileLocked = Effect.fnUntraced(function* <A, E, R>(userId: UserId, effect: Effect.Effect<A, E, R>) {
  const accounts = yield* AccountRepository
  const { atomically } = yield* UnitOfWork
  const [isLocked, isOver] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
  const holder = yield* Effect.forkChild(
    atomically(
      Effect.gen(function* () {
        yield* accounts.getForUpdate(userId)
        yield* Deferred.succeed(isLocked, undefined)
        yield* Deferred.await(isOver)
      }),
    ),
  )
  yield* Deferred.await(isLocked)
  const result = yield* effect
  yield* Deferred.succeed(isOver, undefined)
  yield* Fiber.join(holder)
  return result
})

const waiting = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  const rows = yield* sql<{ readonly count: number }>`SELECT count(*)::int AS count FROM email_requests`
  return rows[0]?.count
})

describeOnPostgres("email requests on PostgreSQL", () => {
  layer(service, { excludeTestServices: true })((it) => {
    it.effect("are accepted while the account's row is locked, 20 at once, and result in ten emails", () =>
      Effect.gen(function* () {
        const account = yield* keepAccount()
        const outbox = yield* Outbox
        for (const [ask, kind] of [
          [requestPasswordReset, "ResetPassword"],
          [resendVerification, "VerifyEmail"],
        ] as const) {
          const asks = Effect.all(
            Array.from({ length: 20 }, () => ask({ email: account.email })),
            { concurrency: "unbounded", discard: true },
          )
          // The effect must end at all. A request that waited for the lock would block it, because the
          // lock is released only afterwards.
          yield* whileLocked(account.id, asks.pipe(Effect.provide(runEmailRequests)))
          yield* handleEmailRequests
          expect(yield* outbox.countSince(account.id, kind, at(0))).toBe(10)
        }
        expect(yield* waiting).toBe(0)
      }),
    )

    it.effect("write the same rows with and without an account", () =>
      Effect.gen(function* () {
        const account = yield* keepAccount()
        const written = []
        for (const email of [account.email, newEmail()]) {
          yield* requestPasswordReset({ email })
          written.push(yield* waiting)
        }
        expect(written).toStrictEqual([1, 2])
        expect(yield* handleEmailRequests).toBe(2)
      }),
    )

    it.effect("do not delay others while the account of one is locked", () =>
      Effect.gen(function* () {
        const [locked, other] = [yield* keepAccount(), yield* keepAccount()]
        const outbox = yield* Outbox
        const count = (userId: UserId) => outbox.countSince(userId, "ResetPassword", at(0))
        yield* requestPasswordReset({ email: locked.email })
        yield* requestPasswordReset({ email: other.email })
        // The lock is held for longer than a statement waits for one.
        yield* whileLocked(locked.id, handleEmailRequests)
        expect([yield* count(locked.id), yield* count(other.id)]).toStrictEqual([0, 1])
        yield* handleEmailRequests
        expect([yield* count(locked.id), yield* count(other.id)]).toStrictEqual([1, 1])
      }),
    )

    it.effect("are refused while 10,000 are waiting", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const requests = yield* EmailRequests
        yield* sql`INSERT INTO email_requests (id, email, kind)
          SELECT gen_random_uuid(), 'ada@example.com', 'ResetPassword' FROM generate_series(1, ${waitingRequestsLimit}::int)`
        const add = requests.add({ id: newTaskId(), email: newEmail(), kind: "ResetPassword" })
        const exit = yield* Effect.exit(add)
        expect(Exit.isFailure(exit) && Cause.squash(exit.cause) instanceof Unavailable).toBe(true)
        yield* sql`TRUNCATE email_requests`
        yield* add
        expect(yield* waiting).toBe(1)
      }),
    )
  })
})
