/** Holds one delivery pass of the outbox to its claims, retries and dead letters. */
import { expect, layer } from "@effect/vitest"
import { Effect, Fiber, Layer, Logger, Ref, References } from "effect"
import { TestClock } from "effect/testing"
import { resendVerification } from "../../application/accounts/email/ResendVerification.ts"
import { verifyEmail } from "../../application/accounts/email/VerifyEmail.ts"
import { deliverEmails } from "../../application/mail/DeliverEmails.ts"
import { EmailNotSent } from "../../application/mail/EmailSender.ts"
import { Outbox } from "../../application/outbox/Outbox.ts"
import { queueEmail } from "../../application/outbox/QueueEmail.ts"
import { Unavailable } from "../../application/shared/Unavailable.ts"
import { memory } from "../../bootstrap/memory.ts"
import { registerUser } from "../support/accounts.ts"
import { keepAccount } from "../support/entities.ts"
import { timesAtOnce } from "../support/interleaving.ts"
import * as RecordingSender from "../support/RecordingSender.ts"

/** Provides a fresh set of ports to each test, because a pass claims every due email. */
const alone = Effect.provide(Layer.fresh(RecordingSender.layer.pipe(Layer.provideMerge(memory))))

const { MailServer } = RecordingSender

const refuse = (reason: string, isFinal = false) =>
  Effect.flatMap(MailServer, ({ answer }) => Ref.set(answer, () => Effect.fail(new EmailNotSent({ reason, isFinal }))))
const accept = Effect.flatMap(MailServer, ({ answer }) => Ref.set(answer, () => Effect.void))

const orders = Effect.flatMap(MailServer, (server) => Ref.get(server.orders))
const tokens = Effect.map(orders, (all) => all.map(({ email }) => ("token" in email ? email.token : "")))
const counts = Effect.flatMap(Outbox, (outbox) => outbox.counts)

const collectLogs = () => {
  const lines: Array<{ readonly level: string; readonly text: string; readonly annotations: object }> = []
  const logger = Logger.make(({ fiber, logLevel, message }) => {
    const annotations = fiber.getRef(References.CurrentLogAnnotations)
    lines.push({ level: logLevel, text: JSON.stringify([message, annotations]), annotations })
  })
  return { lines, layer: Logger.layer([logger]) }
}

layer(Layer.empty)("deliverEmails", (it) => {
  it.effect("sends each mail once, to its user, with the id it has in the outbox", () =>
    Effect.gen(function* () {
      const { account } = yield* registerUser
      expect(yield* deliverEmails).toBe(1)
      expect(yield* deliverEmails).toBe(0)
      const [order, ...more] = yield* orders
      expect(more).toStrictEqual([])
      expect([order?.email.to, order?.email.fullName]).toStrictEqual([account.email, account.fullName])
      expect(order?.id ?? "").toMatch(/^[0-9a-f-]{36}$/)
      expect(yield* counts).toStrictEqual({ waiting: 0, dead: 0 })
    }).pipe(alone),
  )

  it.effect("takes ten in a pass, and words every kind", () =>
    Effect.gen(function* () {
      const { id } = yield* keepAccount()
      for (const kind of ["PasswordChanged", "TokenTheft", "VerifyEmail"] as const) yield* queueEmail(id, kind)
      yield* Effect.forEach(Array.from({ length: 20 }), () => queueEmail(id, "TokenTheft"), { discard: true })
      expect([yield* deliverEmails, yield* deliverEmails, yield* deliverEmails]).toStrictEqual([10, 10, 3])
      const kinds = (yield* orders).map(({ email }) => email._tag)
      expect(kinds.length).toBe(23)
      expect([...new Set(kinds)].toSorted()).toStrictEqual(["PasswordChanged", "TokenTheft", "VerifyEmail"])
    }).pipe(alone),
  )

  it.effect("sends each mail once where many passes run at once", () =>
    Effect.gen(function* () {
      yield* Effect.forEach(
        Array.from({ length: 30 }),
        () => Effect.flatMap(keepAccount(), ({ id }) => queueEmail(id, "VerifyEmail")),
        { discard: true },
      )
      yield* timesAtOnce(8, deliverEmails)
      const ids = (yield* orders).map(({ id }) => id)
      expect([ids.length, new Set(ids).size]).toStrictEqual([30, 30])
    }).pipe(alone),
  )

  it.effect("tries again after pauses that double up to half an hour, with a new token and another id each time", () =>
    Effect.gen(function* () {
      yield* registerUser
      yield* refuse("ECONNREFUSED")
      const pauses: Array<number> = []
      let pause = 0
      expect(yield* deliverEmails).toBe(1)
      while (pauses.length < 13) {
        yield* TestClock.adjust("1 second")
        pause++
        if ((yield* deliverEmails) === 0) continue
        pauses.push(pause)
        pause = 0
      }
      expect(pauses).toStrictEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1800, 1800])
      yield* accept
      yield* TestClock.adjust("30 minutes")
      expect(yield* deliverEmails).toBe(1)
      expect(new Set((yield* orders).map(({ id }) => id)).size).toBe(15)
      const mailed = yield* tokens
      expect(new Set(mailed).size).toBe(15)
      for (const token of mailed.slice(0, -1)) {
        expect((yield* Effect.flip(verifyEmail({ token })))._tag).toBe("InvalidVerificationToken")
      }
      expect((yield* verifyEmail({ token: mailed.at(-1) ?? "" })).isEmailVerified).toBe(true)
    }).pipe(alone),
  )

  it.effect("sends the mails of one user one after the other, and those of others meanwhile", () =>
    Effect.gen(function* () {
      const { answer } = yield* MailServer
      const [slow, fast] = [yield* keepAccount(), yield* keepAccount()]
      for (const { id } of [slow, slow, fast, fast]) yield* queueEmail(id, "VerifyEmail")
      yield* Ref.set(answer, ({ email }) => (email.to === slow.email ? Effect.sleep("1 second") : Effect.void))
      const pass = yield* Effect.forkChild(deliverEmails)
      yield* TestClock.adjust(0)
      expect((yield* orders).map(({ email }) => email.to).toSorted()).toStrictEqual(
        [slow.email, fast.email, fast.email].toSorted(),
      )
      yield* TestClock.adjust("2 seconds")
      yield* Fiber.join(pass)
      expect((yield* orders).length).toBe(4)
    }).pipe(alone),
  )

  it.effect("gives the same id to a mail without a token, however often it is sent", () =>
    Effect.gen(function* () {
      const { id } = yield* keepAccount()
      yield* queueEmail(id, "PasswordChanged")
      yield* refuse("ETIMEDOUT")
      yield* deliverEmails
      yield* TestClock.adjust("1 second")
      yield* deliverEmails
      const [first, second] = yield* orders
      expect(first).toStrictEqual(second)
    }).pipe(alone),
  )

  it.effect("gives a mail up at once where the refusal is final, and logs it without the address", () =>
    Effect.gen(function* () {
      const { account } = yield* registerUser
      yield* refuse("EENVELOPE 550 5.1.1", true)
      const { layer, lines } = collectLogs()
      yield* Effect.provide(deliverEmails, layer)
      const [order] = yield* orders
      expect(yield* counts).toStrictEqual({ waiting: 0, dead: 1 })
      expect(lines.map(({ annotations, level }) => ({ level, annotations }))).toStrictEqual([
        {
          level: "Error",
          annotations: { mail_id: order?.id, kind: "VerifyEmail", reason: "EENVELOPE 550 5.1.1", attempts: 1 },
        },
      ])
      const secrets = [account.email, account.fullName, ...(yield* tokens)]
      for (const { text } of lines) for (const secret of secrets) expect(text).not.toContain(secret)
      yield* TestClock.adjust("1 day")
      expect(yield* deliverEmails).toBe(0)
    }).pipe(alone),
  )

  it.effect("gives a mail up after 50 attempts", () =>
    Effect.gen(function* () {
      yield* registerUser
      yield* refuse("ECONNREFUSED")
      const { layer, lines } = collectLogs()
      for (let attempts = 1; attempts <= 50; attempts++) {
        expect(yield* Effect.provide(deliverEmails, layer)).toBe(1)
        expect((yield* counts).dead).toBe(attempts === 50 ? 1 : 0)
        yield* TestClock.adjust("30 minutes")
      }
      expect(yield* deliverEmails).toBe(0)
      expect(lines.map(({ level }) => level)).toStrictEqual([...Array.from({ length: 49 }, () => "Warn"), "Error"])
    }).pipe(alone),
  )

  it.effect("sends nothing to a user that has verified the address meanwhile", () =>
    Effect.gen(function* () {
      const { account } = yield* registerUser
      yield* deliverEmails
      const [token = ""] = yield* tokens
      yield* queueEmail(account.id, "VerifyEmail")
      yield* verifyEmail({ token })
      expect(yield* deliverEmails).toBe(1)
      expect((yield* orders).length).toBe(1)
      expect(yield* counts).toStrictEqual({ waiting: 0, dead: 0 })
    }).pipe(alone),
  )

  it.effect("lets the token of the mail that went out last work, also where an older one was held up", () =>
    Effect.gen(function* () {
      const { account } = yield* registerUser
      yield* refuse("ECONNREFUSED")
      yield* deliverEmails
      yield* accept
      const asking = yield* Effect.forkChild(resendVerification({ email: account.email }))
      yield* TestClock.adjust(100)
      yield* Fiber.join(asking)
      yield* deliverEmails
      yield* TestClock.adjust("1 second")
      yield* deliverEmails
      const mailed = yield* tokens
      expect(mailed.length).toBe(3)
      expect((yield* verifyEmail({ token: mailed.at(-1) ?? "" })).isEmailVerified).toBe(true)
    }).pipe(alone),
  )

  it.effect("does not let one mail that breaks keep the others from going out", () =>
    Effect.gen(function* () {
      const { answer } = yield* MailServer
      const [broken, fine] = [yield* keepAccount(), yield* keepAccount()]
      for (const { id } of [broken, fine]) yield* queueEmail(id, "TokenTheft")
      yield* Ref.set(answer, ({ email }) => (email.to === broken.email ? Effect.die(new Error("broken")) : Effect.void))
      yield* deliverEmails
      expect(yield* counts).toStrictEqual({ waiting: 1, dead: 0 })
      yield* accept
      yield* TestClock.adjust("2 minutes")
      yield* deliverEmails
      expect(yield* counts).toStrictEqual({ waiting: 0, dead: 0 })
    }).pipe(alone),
  )

  it.effect("gives a sender that never answers up after 45 seconds", () =>
    Effect.gen(function* () {
      const { answer } = yield* MailServer
      const queueForSomebody = Effect.flatMap(keepAccount(), ({ id }) => queueEmail(id, "TokenTheft"))
      yield* Effect.forEach(Array.from({ length: 10 }), () => queueForSomebody, { discard: true })
      yield* Ref.set(answer, () => Effect.never)
      const pass = yield* Effect.forkChild(deliverEmails)
      yield* TestClock.adjust("44 seconds")
      expect((yield* orders).length).toBe(5)
      yield* TestClock.adjust("45 seconds")
      expect((yield* orders).length).toBe(10)
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(pass)
      expect(yield* counts).toStrictEqual({ waiting: 10, dead: 0 })
    }).pipe(alone),
  )

  it.effect("begins no email that could outlast its lease", () =>
    Effect.gen(function* () {
      const { answer } = yield* MailServer
      const { id } = yield* keepAccount()
      yield* Effect.forEach([1, 2, 3], () => queueEmail(id, "TokenTheft"), { discard: true })
      yield* Ref.set(answer, () => Effect.never)
      const pass = yield* Effect.forkChild(deliverEmails)
      yield* TestClock.adjust("90 seconds")
      yield* Fiber.join(pass)
      expect((yield* orders).length).toBe(2)
      yield* accept
      yield* TestClock.adjust("30 seconds")
      yield* deliverEmails
      expect(yield* counts).toStrictEqual({ waiting: 0, dead: 0 })
    }).pipe(alone),
  )

  it.effect("records what it sent once the store is available again, so that no email is sent twice", () =>
    Effect.gen(function* () {
      const outbox = yield* Outbox
      let failures = 3
      const unsteady = Outbox.of({
        ...outbox,
        markSent: (email, at) =>
          Effect.suspend(() =>
            failures-- > 0
              ? Effect.die(new Unavailable({ dependency: "the database", retryAfterMillis: 1_000 }))
              : outbox.markSent(email, at),
          ),
      })
      yield* registerUser
      const pass = yield* Effect.forkChild(Effect.provideService(deliverEmails, Outbox, unsteady))
      yield* TestClock.adjust("2 seconds")
      yield* Fiber.join(pass)
      expect(yield* counts).toStrictEqual({ waiting: 0, dead: 0 })
      yield* TestClock.adjust("1 hour")
      yield* deliverEmails
      expect((yield* orders).length).toBe(1)
    }).pipe(alone),
  )
})
