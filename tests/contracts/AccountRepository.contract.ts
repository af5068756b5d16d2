/** The contract suite of the `AccountRepository` port, which every adapter of it runs. */
import { expect, layer } from "@effect/vitest"
import { Effect, Exit, type Layer, Option } from "effect"
import { AccountRepository } from "../../application/accounts/AccountRepository.ts"
import { EmailVerificationRepository } from "../../application/accounts/email/EmailVerificationRepository.ts"
import { SessionRepository } from "../../application/accounts/sessions/SessionRepository.ts"
import { CategoryRepository } from "../../application/categories/CategoryRepository.ts"
import { TaskRepository } from "../../application/tasks/TaskRepository.ts"
import { issue } from "../../domain/accounts/EmailVerification.ts"
import { PasswordHash } from "../../domain/accounts/Password.ts"
import { FullName } from "../../domain/accounts/UserAccount.ts"
import type { Timestamp } from "../../domain/shared/Timestamp.ts"
import {
  at,
  keepAccount,
  keepCategory,
  keepTask,
  makeAccount,
  makeSession,
  newEmail,
  newSessionId,
  newTokenHash,
  newUserId,
} from "../support/entities.ts"
import { allAtOnce } from "../support/interleaving.ts"

const full = {
  fullName: FullName.make(`Zoë "Zed" O'Hara; -- 👩🏽‍🌾`),
  passwordHash: PasswordHash.make("$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$BBBB+/BBB"),
  isEmailVerified: true,
  disabledAt: at(3),
  createdAt: at(1),
  updatedAt: at(2),
}

/** Registers the tests of every promise that an `AccountRepository` makes. */
export const suite = (
  name: string,
  repositories: Layer.Layer<
    AccountRepository | CategoryRepository | EmailVerificationRepository | SessionRepository | TaskRepository,
    unknown
  >,
) =>
  layer(repositories, { excludeTestServices: true })(`AccountRepository: ${name}`, (it) => {
    it.effect("gives back every field of an account", () =>
      Effect.gen(function* () {
        const accounts = yield* AccountRepository
        const account = makeAccount(full)
        yield* accounts.insert(account)
        expect(yield* accounts.get(account.id)).toStrictEqual(account)
        expect(yield* accounts.getForUpdate(account.id)).toStrictEqual(account)
        expect(yield* accounts.findByEmail(account.email)).toStrictEqual(Option.some(account))
      }),
    )

    it.effect("finds nothing under an unknown id or email address", () =>
      Effect.gen(function* () {
        const accounts = yield* AccountRepository
        const userId = newUserId()
        for (const found of [accounts.get(userId), accounts.getForUpdate(userId)]) {
          const error = yield* Effect.flip(found)
          expect(error._tag).toBe("AccountNotFound")
          expect(error.userId).toBe(userId)
        }
        expect(yield* accounts.findByEmail(newEmail())).toStrictEqual(Option.none())
      }),
    )

    it.effect("lists accounts in pages, in order of their ids", () =>
      Effect.gen(function* () {
        const accounts = yield* AccountRepository
        const kept = yield* Effect.all([keepAccount(), keepAccount(), keepAccount()])
        const ordered = kept.toSorted((one, other) => (one.id < other.id ? -1 : 1))
        // The store may have accounts of other tests, before, between and after these.
        const all = []
        for (
          let page = yield* accounts.list(null, 2);
          page.length > 0;
          page = yield* accounts.list(page.at(-1)?.id ?? null, 2)
        ) {
          expect(page.length).toBeLessThanOrEqual(2)
          all.push(...page)
        }
        const ids = all.map(({ id }) => id)
        expect(ids).toStrictEqual([...new Set(ids)].sort())
        expect(all.filter(({ id }) => kept.some((account) => account.id === id))).toStrictEqual(ordered)
      }),
    )

    it.effect("refuses a second account with the same email address", () =>
      Effect.gen(function* () {
        const accounts = yield* AccountRepository
        const first = yield* keepAccount()
        const second = makeAccount({ email: first.email })
        const error = yield* Effect.flip(accounts.insert(second))
        expect(error._tag).toBe("EmailTaken")
        expect(error.email).toBe(first.email)
        expect((yield* Effect.flip(accounts.get(second.id)))._tag).toBe("AccountNotFound")
        expect(yield* accounts.findByEmail(first.email)).toStrictEqual(Option.some(first))
      }),
    )

    it.effect("inserts exactly one of 20 concurrent accounts with the same email address", () =>
      Effect.gen(function* () {
        const accounts = yield* AccountRepository
        const email = newEmail()
        const rivals = Array.from({ length: 20 }, () => makeAccount({ email }))
        const exits = yield* allAtOnce(rivals.map((rival) => Effect.result(accounts.insert(rival))))
        const winners = rivals.filter((_, index) => exits[index]?._tag === "Success")
        expect(winners.length).toBe(1)
        expect(yield* accounts.findByEmail(email)).toStrictEqual(Option.fromNullishOr(winners[0]))
        for (const exit of exits) if (exit._tag === "Failure") expect(exit.failure._tag).toBe("EmailTaken")
      }),
    )

    it.effect("dies if an id is inserted twice", () =>
      Effect.gen(function* () {
        const accounts = yield* AccountRepository
        const first = yield* keepAccount()
        const exit = yield* Effect.exit(accounts.insert(makeAccount({ id: first.id })))
        expect(Exit.hasDies(exit)).toBe(true)
        expect(yield* accounts.get(first.id)).toStrictEqual(first)
      }),
    )

    it.effect("updates every field but the email address", () =>
      Effect.gen(function* () {
        const accounts = yield* AccountRepository
        const other = yield* keepAccount()
        const before = yield* keepAccount()
        const after = { ...before, ...full, createdAt: before.createdAt }
        yield* accounts.update({ ...after, email: newEmail() })
        expect(yield* accounts.get(before.id)).toStrictEqual(after)
        expect(yield* accounts.findByEmail(before.email)).toStrictEqual(Option.some(after))
        expect(yield* accounts.get(other.id)).toStrictEqual(other)
      }),
    )

    it.effect("updates the email address too if it is asked to, and frees the former one", () =>
      Effect.gen(function* () {
        const accounts = yield* AccountRepository
        const before = yield* keepAccount()
        const task = yield* keepTask(before.id)
        const after = { ...before, ...full, createdAt: before.createdAt, email: newEmail() }
        yield* accounts.updateWithEmail(after)
        expect(yield* accounts.get(before.id)).toStrictEqual(after)
        expect(yield* accounts.findByEmail(after.email)).toStrictEqual(Option.some(after))
        expect(yield* accounts.findByEmail(before.email)).toStrictEqual(Option.none())
        expect(yield* (yield* TaskRepository).exists(task.id)).toBe(true)
        yield* accounts.updateWithEmail(after)
        yield* accounts.insert(makeAccount({ email: before.email }))
        const unknown = yield* Effect.flip(accounts.updateWithEmail(makeAccount()))
        expect(unknown._tag).toBe("AccountNotFound")
      }),
    )

    it.effect("refuses to update to the email address of another account", () =>
      Effect.gen(function* () {
        const accounts = yield* AccountRepository
        const other = yield* keepAccount()
        const before = yield* keepAccount()
        const error = yield* Effect.flip(accounts.updateWithEmail({ ...before, email: other.email }))
        expect(error._tag).toBe("EmailTaken")
        expect(yield* accounts.get(before.id)).toStrictEqual(before)
        expect(yield* accounts.findByEmail(other.email)).toStrictEqual(Option.some(other))
      }),
    )

    it.effect("gives an email address to exactly one of 20 concurrent inserts and updates", () =>
      Effect.gen(function* () {
        const accounts = yield* AccountRepository
        const email = newEmail()
        const kept = yield* Effect.forEach(Array.from({ length: 10 }), () => keepAccount())
        const results = yield* allAtOnce(
          kept.flatMap((account) => [
            Effect.result(accounts.updateWithEmail({ ...account, email })),
            Effect.result(accounts.insert(makeAccount({ email }))),
          ]),
        )
        expect(results.filter(({ _tag }) => _tag === "Success").length).toBe(1)
        for (const result of results) if (result._tag === "Failure") expect(result.failure._tag).toBe("EmailTaken")
        expect(Option.isSome(yield* accounts.findByEmail(email))).toBe(true)
        expect((yield* Effect.forEach(kept, ({ id }) => accounts.get(id))).length).toBe(10)
      }),
    )

    it.effect("deletes an account with all records of its user", () =>
      Effect.gen(function* () {
        const accounts = yield* AccountRepository
        const sessions = yield* SessionRepository
        const account = yield* keepAccount()
        const other = yield* keepAccount()
        const [running, ended, others] = [makeSession(account.id), makeSession(account.id), makeSession(other.id)]
        // Far from the times of other tests, which may share the store.
        const revokedAt = at(-200_000)
        yield* sessions.insert({ ...ended.session, revokedAt }, ended.token)
        for (const { session, token } of [running, others]) yield* sessions.insert(session, token)
        const task = yield* keepTask(account.id)
        const deletedTask = yield* keepTask(account.id)
        const category = yield* keepCategory(account.id)
        const tasks = yield* TaskRepository
        const categories = yield* CategoryRepository
        yield* tasks.delete(account.id, deletedTask.id, at(1))
        yield* (yield* EmailVerificationRepository).replace(issue(account.id, newTokenHash(), at(0)))

        const before = yield* sessions.time
        const ids = yield* accounts.delete(account.id)
        expect([...ids].toSorted()).toStrictEqual([running.session.id, ended.session.id].toSorted())

        expect((yield* Effect.flip(accounts.get(account.id)))._tag).toBe("AccountNotFound")
        expect(yield* accounts.findByEmail(account.email)).toStrictEqual(Option.none())
        expect(yield* tasks.exists(task.id)).toBe(false)
        expect((yield* Effect.flip(tasks.getDeleted(account.id, deletedTask.id)))._tag).toBe("TaskNotFound")
        expect(yield* categories.exists(category.id)).toBe(false)
        expect(yield* categories.list(account.id)).toStrictEqual([])
        expect(yield* sessions.findByTokenForUpdate(account.id, running.token.hash)).toStrictEqual(Option.none())
        // Their access tokens must still be refused.
        const known = (since: Timestamp) =>
          Effect.map(sessions.revokedSince(since), (all) =>
            [running, ended, others].map(({ session }) => all.filter((id) => id === session.id).length),
          )
        expect(yield* known(revokedAt)).toStrictEqual([1, 1, 0])
        expect(yield* known(before)).toStrictEqual([1, 0, 0])
        expect(yield* accounts.get(other.id)).toStrictEqual(other)
        expect(yield* sessions.list(other.id, newSessionId(), at(0))).toStrictEqual([others.session])
        // The address is available again.
        yield* accounts.insert(makeAccount({ email: account.email }))
      }),
    )

    it.effect("deletes an account without records, once", () =>
      Effect.gen(function* () {
        const accounts = yield* AccountRepository
        const account = yield* keepAccount()
        expect(yield* accounts.delete(account.id)).toStrictEqual([])
        const error = yield* Effect.flip(accounts.delete(account.id))
        expect(error._tag).toBe("AccountNotFound")
        expect(error.userId).toBe(account.id)
      }),
    )

    it.effect("fails to update an account that does not exist", () =>
      Effect.gen(function* () {
        const accounts = yield* AccountRepository
        const account = makeAccount()
        const error = yield* Effect.flip(accounts.update(account))
        expect(error._tag).toBe("AccountNotFound")
        expect(error.userId).toBe(account.id)
        expect(yield* accounts.findByEmail(account.email)).toStrictEqual(Option.none())
      }),
    )
  })
