/** The contract suite of the `Outbox` port, which every adapter of it runs. */
import { expect, layer } from "@effect/vitest"
import { Effect, type Layer, Option } from "effect"
import { AccountRepository } from "../../application/accounts/AccountRepository.ts"
import { type ClaimedEmail, type EmailKind, Outbox, type OutgoingEmail } from "../../application/outbox/Outbox.ts"
import { UnitOfWork } from "../../application/shared/UnitOfWork.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { plusMillis, type Timestamp } from "../../domain/shared/Timestamp.ts"
import { at, keepUser, newTaskId, newUserId } from "../support/entities.ts"
import { timesAtOnce } from "../support/interleaving.ts"

const leaseSeconds = 120
const kinds: ReadonlyArray<EmailKind> = ["VerifyEmail", "ResetPassword", "PasswordChanged", "TokenTheft"]

/** Registers the tests of every promise that an `Outbox` makes. */
export const suite = (name: string, repositories: Layer.Layer<AccountRepository | Outbox | UnitOfWork, unknown>) =>
  layer(repositories, { excludeTestServices: true })(`Outbox: ${name}`, (it) => {
    // A claim takes every due email, of any test.
    let hours = 0
    const startHour = () => {
      const start = ++hours * 3600
      return (seconds: number) => at(start + seconds)
    }
    type Hour = (seconds: number) => Timestamp

    const queue = Effect.fnUntraced(function* (createdAt: Timestamp, userId?: UserId, kind: EmailKind = "VerifyEmail") {
      const outbox = yield* Outbox
      const email: OutgoingEmail = { id: newTaskId(), userId: userId ?? (yield* keepUser), kind, createdAt }
      yield* outbox.add(email)
      return email
    })
    const claim = (time: Timestamp, limit = 100) =>
      Effect.flatMap(Outbox, (outbox) =>
        outbox.claim({ at: time, until: plusMillis(time, leaseSeconds * 1000), limit }),
      )
    const idsOf = (emails: ReadonlyArray<OutgoingEmail>) => emails.map(({ id }) => id)
    const claimIds = (time: Timestamp, limit?: number) => Effect.map(claim(time, limit), idsOf)

    /** Runs the test in an hour of its own, after every email that other tests left has been claimed and finished. */
    const inAnHour = <A, E, R>(test: (hour: Hour) => Effect.Effect<A, E, R>) =>
      Effect.gen(function* () {
        const hour = startHour()
        const outbox = yield* Outbox
        const left = yield* claim(hour(-1), 1000)
        yield* Effect.forEach(left, (email) => outbox.markSent(email, hour(-1)), { discard: true })
        return yield* test(hour)
      })

    it.effect("claims an email with every field and the number of attempts", () =>
      inAnHour((hour) =>
        Effect.gen(function* () {
          const emails = yield* Effect.forEach(kinds, (kind, index) => queue(hour(index), undefined, kind))
          const expected = (attempts: number) => emails.map((email): ClaimedEmail => ({ ...email, attempts }))
          expect(yield* claim(hour(10))).toStrictEqual(expected(1))
          expect(yield* claim(hour(10 + leaseSeconds))).toStrictEqual(expected(2))
        }),
      ),
    )

    it.effect("claims only due emails, in the order of their due times, up to the limit", () =>
      inAnHour((hour) =>
        Effect.gen(function* () {
          const last = yield* queue(hour(30))
          const [first, second] = [yield* queue(hour(10)), yield* queue(hour(20))]
          expect(yield* claimIds(hour(9))).toStrictEqual([])
          expect(yield* claimIds(hour(30), 2)).toStrictEqual([first.id, second.id])
          expect(yield* claimIds(hour(30), 2)).toStrictEqual([last.id])
          expect(yield* claimIds(hour(30), 2)).toStrictEqual([])
        }),
      ),
    )

    it.effect("claims each of 30 emails in exactly one of 20 concurrent calls", () =>
      inAnHour((hour) =>
        Effect.gen(function* () {
          const emails = yield* Effect.forEach(Array.from({ length: 30 }), () => queue(hour(0)))
          const taken = yield* timesAtOnce(20, claimIds(hour(0), 2))
          const rest = yield* claimIds(hour(0))
          expect([...taken.flat(), ...rest].toSorted()).toStrictEqual(idsOf(emails).toSorted())
          for (const few of taken) expect(few.length).toBeLessThanOrEqual(2)
        }),
      ),
    )

    it.effect("claims an email again exactly when its lease expires", () =>
      inAnHour((hour) =>
        Effect.gen(function* () {
          const { id } = yield* queue(hour(0))
          yield* claim(hour(1))
          expect(yield* claimIds(plusMillis(hour(1 + leaseSeconds), -1))).toStrictEqual([])
          expect(yield* claimIds(hour(1 + leaseSeconds))).toStrictEqual([id])
        }),
      ),
    )

    it.effect("never claims a sent email or a dead letter again", () =>
      inAnHour((hour) =>
        Effect.gen(function* () {
          const outbox = yield* Outbox
          yield* Effect.forEach([0, 1], () => queue(hour(0)))
          const [sent, dead] = yield* claim(hour(0))
          expect(sent).toBeDefined()
          expect(dead).toBeDefined()
          if (sent === undefined || dead === undefined) return
          yield* outbox.markSent(sent, hour(1))
          yield* outbox.markDead(dead, hour(1), "550 5.1.1")
          expect(yield* claimIds(hour(3000))).toStrictEqual([])
        }),
      ),
    )

    it.effect("claims a postponed email when it is due again", () =>
      inAnHour((hour) =>
        Effect.gen(function* () {
          const outbox = yield* Outbox
          const email = yield* queue(hour(0))
          const [claimed] = yield* claim(hour(0))
          if (claimed === undefined) return expect.unreachable("nothing was claimed")
          // Before and after the time at which the claim would have expired.
          yield* outbox.postpone(claimed, hour(5), "x".repeat(500))
          expect(yield* claimIds(hour(4))).toStrictEqual([])
          const [again] = yield* claim(hour(5))
          if (again === undefined) return expect.unreachable("it was not due again")
          expect(again).toStrictEqual({ ...email, attempts: 2 })
          yield* outbox.postpone(again, hour(1000), "ECONNREFUSED")
          expect(yield* claimIds(hour(999))).toStrictEqual([])
          expect(yield* claimIds(hour(1000))).toStrictEqual([email.id])
        }),
      ),
    )

    it.effect("ignores results of an expired lease, except that the email was sent", () =>
      inAnHour((hour) =>
        Effect.gen(function* () {
          const outbox = yield* Outbox
          const { id } = yield* queue(hour(0))
          const [early] = yield* claim(hour(0))
          const [late] = yield* claim(hour(leaseSeconds))
          if (early === undefined || late === undefined) return expect.unreachable("it was to be claimed twice")
          yield* outbox.postpone(early, hour(leaseSeconds), "too late")
          yield* outbox.markDead(early, hour(leaseSeconds), "too late")
          expect(yield* claimIds(hour(leaseSeconds + 1))).toStrictEqual([])
          expect(yield* claimIds(hour(2 * leaseSeconds))).toStrictEqual([id])
          yield* outbox.markSent(early, hour(2 * leaseSeconds))
          yield* outbox.postpone(late, hour(2 * leaseSeconds), "too late")
          expect(yield* claimIds(hour(3000))).toStrictEqual([])
        }),
      ),
    )

    it.effect("counts waiting emails and dead letters over all users", () =>
      inAnHour((hour) =>
        Effect.gen(function* () {
          const outbox = yield* Outbox
          const before = yield* outbox.counts
          yield* Effect.forEach([0, 1, 2, 3], () => queue(hour(0)))
          const [sent, dead, postponed] = yield* claim(hour(0), 3)
          if (sent === undefined || dead === undefined || postponed === undefined)
            return expect.unreachable("three were due")
          yield* outbox.markSent(sent, hour(1))
          yield* outbox.markDead(dead, hour(1), "550")
          yield* outbox.postpone(postponed, hour(2), "421")
          expect(yield* outbox.counts).toStrictEqual({ waiting: before.waiting + 2, dead: before.dead + 1 })
        }),
      ),
    )

    it.effect("tells when the oldest waiting email was queued, whenever it is due", () =>
      inAnHour((hour) =>
        Effect.gen(function* () {
          const outbox = yield* Outbox
          const accounts = yield* AccountRepository
          const gone = yield* keepUser
          expect(yield* outbox.oldestWaiting).toStrictEqual(Option.none())
          yield* queue(hour(2), gone)
          yield* queue(hour(1))
          yield* queue(hour(3))
          expect(yield* outbox.oldestWaiting).toStrictEqual(Option.some(hour(1)))
          const [first] = yield* claim(hour(4), 1)
          if (first === undefined) return expect.unreachable("one was due")
          yield* outbox.postpone(first, hour(500), "421")
          expect(yield* outbox.oldestWaiting).toStrictEqual(Option.some(hour(1)))
          const [again] = yield* claim(hour(500), 1000).pipe(
            Effect.map((claimed) => claimed.filter(({ id }) => id === first.id)),
          )
          if (again === undefined) return expect.unreachable("it was due again")
          yield* outbox.markDead(again, hour(501), "550")
          expect(yield* outbox.oldestWaiting).toStrictEqual(Option.some(hour(2)))
          yield* accounts.delete(gone)
          expect(yield* outbox.oldestWaiting).toStrictEqual(Option.some(hour(3)))
          for (const email of yield* claim(hour(1000))) yield* outbox.markSent(email, hour(1001))
          expect(yield* outbox.oldestWaiting).toStrictEqual(Option.none())
        }),
      ),
    )

    it.effect("counts a user's emails of a kind since a time, in any state", () =>
      inAnHour((hour) =>
        Effect.gen(function* () {
          const outbox = yield* Outbox
          const userId = yield* keepUser
          yield* Effect.forEach([0, 10, 20, 30], (second) => queue(hour(second), userId))
          yield* queue(hour(20), userId, "TokenTheft")
          yield* queue(hour(20))
          const [sent, dead] = yield* claim(hour(40))
          if (sent === undefined || dead === undefined) return expect.unreachable("two were due")
          yield* outbox.markSent(sent, hour(41))
          yield* outbox.markDead(dead, hour(41), "550")
          const counts = []
          for (const second of [0, 10, 11, 31]) {
            counts.push(yield* outbox.countSince(userId, "VerifyEmail", hour(second)))
          }
          expect(counts).toStrictEqual([4, 3, 2, 0])
          expect(yield* outbox.countSince(newUserId(), "VerifyEmail", hour(0))).toBe(0)
        }),
      ),
    )

    it.effect("stores an email only if the unit of work that adds it succeeds", () =>
      inAnHour((hour) =>
        Effect.gen(function* () {
          const { atomically } = yield* UnitOfWork
          const userId = yield* keepUser
          yield* Effect.ignore(atomically(Effect.andThen(queue(hour(0), userId), Effect.fail("refused"))))
          expect(yield* claimIds(hour(1))).toStrictEqual([])
          const email = yield* atomically(queue(hour(0), userId))
          expect(yield* claimIds(hour(1))).toStrictEqual([email.id])
        }),
      ),
    )

    it.effect("dies if an email is added for a user without an account", () =>
      Effect.gen(function* () {
        expect((yield* Effect.exit(queue(at(0), newUserId())))._tag === "Failure").toBe(true)
      }),
    )

    it.effect("removes a user's emails with the account", () =>
      inAnHour((hour) =>
        Effect.gen(function* () {
          const accounts = yield* AccountRepository
          const outbox = yield* Outbox
          const [gone, other] = [yield* keepUser, yield* keepUser]
          const claimed = { ...(yield* queue(hour(0), gone)), attempts: 1 }
          const others = yield* queue(hour(0), other)
          yield* accounts.delete(gone)
          expect(yield* claimIds(hour(2))).toStrictEqual([others.id])
          expect(yield* outbox.countSince(gone, "VerifyEmail", hour(0))).toBe(0)
          // The former claimant's results change nothing.
          yield* outbox.markSent(claimed, hour(3))
          yield* outbox.postpone(claimed, hour(3), "greylisted")
          yield* outbox.markDead(claimed, hour(3), "refused")
          expect((yield* outbox.counts).waiting).toBe(1)
        }),
      ),
    )
  })
