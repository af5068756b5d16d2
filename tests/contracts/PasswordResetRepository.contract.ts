/** The contract suite of the `PasswordResetRepository` port, which every adapter of it runs. */
import { expect, layer } from "@effect/vitest"
import { Effect, type Layer, Option } from "effect"
import type { AccountRepository } from "../../application/accounts/AccountRepository.ts"
import { PasswordResetRepository } from "../../application/accounts/passwords/PasswordResetRepository.ts"
import { issue } from "../../domain/accounts/PasswordReset.ts"
import { at, keepUser, newTokenHash } from "../support/entities.ts"
import { timesAtOnce } from "../support/interleaving.ts"

/** Registers the tests of every promise that a `PasswordResetRepository` makes. */
export const suite = (name: string, repositories: Layer.Layer<AccountRepository | PasswordResetRepository, unknown>) =>
  layer(repositories, { excludeTestServices: true })(`PasswordResetRepository: ${name}`, (it) => {
    it.effect("takes a token with every field, once", () =>
      Effect.gen(function* () {
        const resets = yield* PasswordResetRepository
        const userId = yield* keepUser
        const reset = issue(userId, newTokenHash(), at(1))
        yield* resets.replace(reset)
        expect(yield* resets.take(userId, reset.tokenHash)).toStrictEqual(Option.some(reset))
        expect(yield* resets.take(userId, reset.tokenHash)).toStrictEqual(Option.none())
      }),
    )

    it.effect("finds no token for another hash or user, and removes none then", () =>
      Effect.gen(function* () {
        const resets = yield* PasswordResetRepository
        const [owner, other] = [yield* keepUser, yield* keepUser]
        const reset = issue(owner, newTokenHash(), at(0))
        yield* resets.replace(reset)
        expect(yield* resets.take(owner, newTokenHash())).toStrictEqual(Option.none())
        expect(yield* resets.take(other, reset.tokenHash)).toStrictEqual(Option.none())
        expect(yield* resets.take(owner, reset.tokenHash)).toStrictEqual(Option.some(reset))
      }),
    )

    it.effect("keeps only the newest token of a user", () =>
      Effect.gen(function* () {
        const resets = yield* PasswordResetRepository
        const [userId, other] = [yield* keepUser, yield* keepUser]
        const older = issue(userId, newTokenHash(), at(0))
        const newer = issue(userId, newTokenHash(), at(5))
        const others = issue(other, newTokenHash(), at(0))
        yield* resets.replace(others)
        yield* resets.replace(older)
        yield* resets.replace(newer)
        expect(yield* resets.take(userId, older.tokenHash)).toStrictEqual(Option.none())
        expect(yield* resets.take(userId, newer.tokenHash)).toStrictEqual(Option.some(newer))
        expect(yield* resets.take(other, others.tokenHash)).toStrictEqual(Option.some(others))
      }),
    )

    it.effect("finds a token without removing it", () =>
      Effect.gen(function* () {
        const resets = yield* PasswordResetRepository
        const [userId, other] = [yield* keepUser, yield* keepUser]
        const reset = issue(userId, newTokenHash(), at(0))
        yield* resets.replace(reset)
        for (let looks = 0; looks < 2; looks++) {
          expect(yield* resets.find(userId, reset.tokenHash)).toStrictEqual(Option.some(reset))
        }
        expect(yield* resets.find(userId, newTokenHash())).toStrictEqual(Option.none())
        expect(yield* resets.find(other, reset.tokenHash)).toStrictEqual(Option.none())
      }),
    )

    it.effect("removes a user's token and no other user's", () =>
      Effect.gen(function* () {
        const resets = yield* PasswordResetRepository
        const [userId, other] = [yield* keepUser, yield* keepUser]
        const [reset, others] = [issue(userId, newTokenHash(), at(0)), issue(other, newTokenHash(), at(0))]
        yield* resets.replace(reset)
        yield* resets.replace(others)
        yield* resets.remove(userId)
        yield* resets.remove(userId)
        expect(yield* resets.find(userId, reset.tokenHash)).toStrictEqual(Option.none())
        expect(yield* resets.find(other, others.tokenHash)).toStrictEqual(Option.some(others))
      }),
    )

    it.effect("takes a token in exactly one of 20 concurrent calls", () =>
      Effect.gen(function* () {
        const resets = yield* PasswordResetRepository
        const userId = yield* keepUser
        const reset = issue(userId, newTokenHash(), at(0))
        yield* resets.replace(reset)
        const taken = yield* timesAtOnce(20, resets.take(userId, reset.tokenHash))
        expect(taken.filter(Option.isSome)).toStrictEqual([Option.some(reset)])
      }),
    )
  })
