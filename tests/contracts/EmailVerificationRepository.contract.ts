/** The contract suite of the `EmailVerificationRepository` port, which every adapter of it runs. */
import { expect, layer } from "@effect/vitest"
import { Effect, type Layer, Option } from "effect"
import type { AccountRepository } from "../../application/accounts/AccountRepository.ts"
import { EmailVerificationRepository } from "../../application/accounts/email/EmailVerificationRepository.ts"
import { issue } from "../../domain/accounts/EmailVerification.ts"
import { at, keepUser, newTokenHash, newUserId } from "../support/entities.ts"
import { timesAtOnce } from "../support/interleaving.ts"

/** Registers the tests of every promise that an `EmailVerificationRepository` makes. */
export const suite = (
  name: string,
  repositories: Layer.Layer<AccountRepository | EmailVerificationRepository, unknown>,
) =>
  layer(repositories, { excludeTestServices: true })(`EmailVerificationRepository: ${name}`, (it) => {
    it.effect("takes a token with every field, once", () =>
      Effect.gen(function* () {
        const verifications = yield* EmailVerificationRepository
        const userId = yield* keepUser
        const verification = issue(userId, newTokenHash(), at(1))
        yield* verifications.replace(verification)
        expect(yield* verifications.take(userId, verification.tokenHash)).toStrictEqual(Option.some(verification))
        expect(yield* verifications.take(userId, verification.tokenHash)).toStrictEqual(Option.none())
      }),
    )

    it.effect("finds no token for another hash or user, and removes none then", () =>
      Effect.gen(function* () {
        const verifications = yield* EmailVerificationRepository
        const [owner, other] = [yield* keepUser, yield* keepUser]
        const verification = issue(owner, newTokenHash(), at(0))
        yield* verifications.replace(verification)
        expect(yield* verifications.take(owner, newTokenHash())).toStrictEqual(Option.none())
        expect(yield* verifications.take(other, verification.tokenHash)).toStrictEqual(Option.none())
        expect(yield* verifications.take(owner, verification.tokenHash)).toStrictEqual(Option.some(verification))
      }),
    )

    it.effect("keeps only the newest token of a user", () =>
      Effect.gen(function* () {
        const verifications = yield* EmailVerificationRepository
        const [userId, other] = [yield* keepUser, yield* keepUser]
        const older = issue(userId, newTokenHash(), at(0))
        const newer = issue(userId, newTokenHash(), at(5))
        const others = issue(other, newTokenHash(), at(0))
        yield* verifications.replace(others)
        yield* verifications.replace(older)
        yield* verifications.replace(newer)
        expect(yield* verifications.take(userId, older.tokenHash)).toStrictEqual(Option.none())
        expect(yield* verifications.take(userId, newer.tokenHash)).toStrictEqual(Option.some(newer))
        expect(yield* verifications.take(other, others.tokenHash)).toStrictEqual(Option.some(others))
      }),
    )

    it.effect("removes a user's token, if there is one", () =>
      Effect.gen(function* () {
        const verifications = yield* EmailVerificationRepository
        const [userId, other] = [yield* keepUser, yield* keepUser]
        const [verification, others] = [issue(userId, newTokenHash(), at(0)), issue(other, newTokenHash(), at(0))]
        yield* verifications.replace(verification)
        yield* verifications.replace(others)
        yield* verifications.remove(userId)
        yield* verifications.remove(userId)
        yield* verifications.remove(newUserId())
        expect(yield* verifications.take(userId, verification.tokenHash)).toStrictEqual(Option.none())
        expect(yield* verifications.take(other, others.tokenHash)).toStrictEqual(Option.some(others))
      }),
    )

    it.effect("takes a token in exactly one of 20 concurrent calls", () =>
      Effect.gen(function* () {
        const verifications = yield* EmailVerificationRepository
        const userId = yield* keepUser
        const verification = issue(userId, newTokenHash(), at(0))
        yield* verifications.replace(verification)
        const taken = yield* timesAtOnce(20, verifications.take(userId, verification.tokenHash))
        expect(taken.filter(Option.isSome)).toStrictEqual([Option.some(verification)])
      }),
    )
  })
