/** The contract suite of the `IdempotencyRecords` port, which every adapter of it runs with its repositories. */
import { expect, layer } from "@effect/vitest"
import { Cause, Effect, Exit, type Layer, Option } from "effect"
import { AccountRepository } from "../../application/accounts/AccountRepository.ts"
import { CategoryRepository } from "../../application/categories/CategoryRepository.ts"
import { ChangeRepository } from "../../application/changes/ChangeRepository.ts"
import {
  type IdempotencyRecord,
  IdempotencyRecords,
  KeyAlreadyUsed,
} from "../../application/changes/IdempotencyRecords.ts"
import { CurrentMutation } from "../../application/changes/Mutation.ts"
import type { Repositories } from "../../application/Ports.ts"
import { UnitOfWork } from "../../application/shared/UnitOfWork.ts"
import { TaskRepository } from "../../application/tasks/TaskRepository.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { CategoryName } from "../../domain/categories/Category.ts"
import { IdempotencyKey } from "../../domain/changes/IdempotencyKey.ts"
import { TaskTitle } from "../../domain/tasks/TaskFields.ts"
import {
  at,
  keepCategory,
  keepTask,
  keepUser,
  makeCategory,
  makeQuery,
  makeRecord,
  makeTask,
  newUserId,
} from "../support/entities.ts"
import { allAtOnce } from "../support/interleaving.ts"
import { everyWrite, type Write } from "./idempotencyRecords/everyWrite.ts"
import { changed } from "./taskRepository/fixtures.ts"

/** Runs a write that has to store this record. */
const withRecord =
  (record: IdempotencyRecord) =>
  <A, E, R>(write: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.updateService(write, CurrentMutation, (mutation) => ({ ...mutation, record }))

/** Asserts that the effect dies because the key was used before. */
const expectUsed = (exit: Exit.Exit<unknown, unknown>, key: IdempotencyKey) => {
  const defect = Exit.isFailure(exit) ? Cause.squash(exit.cause) : undefined
  expect(defect).toBeInstanceOf(KeyAlreadyUsed)
  if (defect instanceof KeyAlreadyUsed) expect(defect.key).toBe(key)
}

const lengthOf = (userId: UserId) =>
  Effect.flatMap(ChangeRepository, (changes) => Effect.map(changes.ends(userId), ({ latest }) => Number(latest.seq)))

const writes = Object.entries(everyWrite).map(([name, prepare]) => ({ name, prepare }))

/** Registers the tests of every promise that an `IdempotencyRecords` makes, together with the repositories of its store. */
export const suite = (name: string, repositories: Layer.Layer<Repositories, unknown>) =>
  layer(repositories, { excludeTestServices: true })(`IdempotencyRecords: ${name}`, (it) => {
    it.effect("gives back every field of a record, by user and key", () =>
      Effect.gen(function* () {
        const records = yield* IdempotencyRecords
        const [userId, other] = [yield* keepUser, yield* keepUser]
        const record = makeRecord({
          key: IdempotencyKey.make(`"'\\${"~".repeat(251)}`),
          response: `{"body":"🌻👩🏽‍🌾\\n\\u0000 ${"long ".repeat(50_000)}"}`,
          at: at(1.001),
        })
        const [lower, upper] = [
          makeRecord({ key: IdempotencyKey.make("key") }),
          makeRecord({ key: IdempotencyKey.make("KEY") }),
        ]
        for (const each of [record, lower, upper]) yield* records.insert(userId, each)
        for (const each of [record, lower, upper]) {
          expect(yield* records.get(userId, each.key)).toStrictEqual(Option.some(each))
        }
        expect(yield* records.get(other, record.key)).toStrictEqual(Option.none())
        const theirs = { ...record, response: "another" }
        yield* records.insert(other, theirs)
        expect(yield* records.get(other, record.key)).toStrictEqual(Option.some(theirs))
        expect(yield* records.get(userId, record.key)).toStrictEqual(Option.some(record))
        expect(yield* records.get(userId, makeRecord().key)).toStrictEqual(Option.none())
      }),
    )

    it.effect("inserts a key once a user, and dies otherwise", () =>
      Effect.gen(function* () {
        const records = yield* IdempotencyRecords
        const userId = yield* keepUser
        const record = makeRecord()
        yield* records.insert(userId, record)
        const again = yield* Effect.exit(records.insert(userId, { ...record, response: "another" }))
        expectUsed(again, record.key)
        expect(yield* records.get(userId, record.key)).toStrictEqual(Option.some(record))
      }),
    )

    it.effect("inserts exactly one of 20 concurrent records with the same key", () =>
      Effect.gen(function* () {
        const records = yield* IdempotencyRecords
        const userId = yield* keepUser
        const { key } = makeRecord()
        const rivals = Array.from({ length: 20 }, (_, index) => makeRecord({ key, response: `${index}` }))
        const exits = yield* allAtOnce(rivals.map((rival) => Effect.exit(records.insert(userId, rival))))
        const winners = rivals.filter((_, index) => exits[index]?._tag === "Success")
        expect(winners).toHaveLength(1)
        expect(yield* records.get(userId, key)).toStrictEqual(Option.fromNullishOr(winners[0]))
        for (const exit of exits) if (Exit.isFailure(exit)) expectUsed(exit, key)
      }),
    )

    it.effect("inserts nothing for a user without an account", () =>
      Effect.gen(function* () {
        const records = yield* IdempotencyRecords
        const [userId, record] = [newUserId(), makeRecord()]
        yield* records.insert(userId, record)
        expect(yield* records.get(userId, record.key)).toStrictEqual(Option.none())
      }),
    )

    it.effect("removes a record only if it was stored before the time", () =>
      Effect.gen(function* () {
        const records = yield* IdempotencyRecords
        const [userId, other] = [yield* keepUser, yield* keepUser]
        const [record, kept] = [makeRecord({ at: at(10) }), makeRecord({ at: at(10) })]
        yield* records.insert(userId, record)
        yield* records.insert(userId, kept)
        yield* records.removeExpired(userId, record.key, at(10))
        yield* records.removeExpired(other, record.key, at(20))
        expect(yield* records.get(userId, record.key)).toStrictEqual(Option.some(record))
        yield* records.removeExpired(userId, record.key, at(10.001))
        expect(yield* records.get(userId, record.key)).toStrictEqual(Option.none())
        yield* records.removeExpired(userId, record.key, at(20))
        expect(yield* records.get(userId, kept.key)).toStrictEqual(Option.some(kept))
        // The key can be used again.
        const again = makeRecord({ key: record.key, at: at(20) })
        yield* records.insert(userId, again)
        expect(yield* records.get(userId, record.key)).toStrictEqual(Option.some(again))
      }),
    )

    it.effect.each(writes)("stores the record of $name with it, and nothing of it if the key was used", ({ prepare }) =>
      Effect.gen(function* () {
        const records = yield* IdempotencyRecords
        const userId = yield* keepUser
        const [first, second] = [makeRecord(), makeRecord()]
        yield* records.insert(userId, first)
        const write = yield* prepare(userId)
        const before = yield* lengthOf(userId)
        expectUsed(yield* Effect.exit(withRecord({ ...first, response: "another" })(write)), first.key)
        expect(yield* lengthOf(userId)).toBe(before)
        expect(yield* records.get(userId, first.key)).toStrictEqual(Option.some(first))
        // Nothing was written, so the same write still succeeds.
        yield* withRecord(second)(write)
        expect(yield* lengthOf(userId)).toBeGreaterThan(before)
        expect(yield* records.get(userId, second.key)).toStrictEqual(Option.some(second))
      }),
    )

    it.effect("stores no record of a write that fails", () =>
      Effect.gen(function* () {
        const records = yield* IdempotencyRecords
        const tasks = yield* TaskRepository
        const categories = yield* CategoryRepository
        const userId = yield* keepUser
        const category = yield* keepCategory(userId)
        const task = yield* keepTask(userId)
        const later = changed(task, { priority: "high" })
        yield* tasks.update(task, later)
        const missing = makeCategory(userId, { name: CategoryName.make("Missing") })
        const failing: ReadonlyArray<Write> = [
          tasks.insert(makeTask(userId, { categories: [missing] })),
          tasks.update(task, changed(task, { priority: "low" })),
          tasks.update(later, changed(later, { categories: [missing] })),
          tasks.delete(userId, task.id, at(1), task.version),
          tasks.restore({ task, deletedAt: at(1) }, task),
          categories.insert(makeCategory(userId)),
          categories.delete(userId, missing.id, at(1)),
          categories.restore({ category, deletedAt: at(1) }, category),
        ]
        for (const write of failing) {
          const record = makeRecord()
          expect(Exit.isFailure(yield* Effect.exit(withRecord(record)(write)))).toBe(true)
          expect(yield* records.get(userId, record.key)).toStrictEqual(Option.none())
        }
      }),
    )

    it.effect("does exactly one of 20 concurrent writes with the same key", () =>
      Effect.gen(function* () {
        const records = yield* IdempotencyRecords
        const tasks = yield* TaskRepository
        const userId = yield* keepUser
        const { key } = makeRecord()
        const rivals = Array.from({ length: 20 }, (_, index) => ({
          task: makeTask(userId, { title: TaskTitle.make(`Rival ${index}`) }),
          record: makeRecord({ key, response: `${index}` }),
        }))
        const exits = yield* allAtOnce(
          rivals.map(({ record, task }) => Effect.exit(withRecord(record)(tasks.insert(task)))),
        )
        const winners = rivals.filter((_, index) => exits[index]?._tag === "Success")
        expect(winners).toHaveLength(1)
        for (const exit of exits) if (Exit.isFailure(exit)) expectUsed(exit, key)
        const { data } = yield* tasks.list(userId, makeQuery())
        expect(data).toStrictEqual(winners.map(({ task }) => task))
        expect(yield* records.get(userId, key)).toStrictEqual(Option.fromNullishOr(winners[0]?.record))
        expect(yield* lengthOf(userId)).toBe(1)
      }),
    )

    it.effect("does the writes of 20 users with the same key at once, each for itself", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepository
        const record = makeRecord()
        const users = yield* Effect.replicateEffect(keepUser, 20)
        yield* allAtOnce(users.map((userId) => withRecord(record)(tasks.insert(makeTask(userId)))))
        for (const userId of users) expect(yield* lengthOf(userId)).toBe(1)
      }),
    )

    it.effect("stores the record of a unit of work with all its writes, or nothing of them", () =>
      Effect.gen(function* () {
        const records = yield* IdempotencyRecords
        const { atomically } = yield* UnitOfWork
        const userId = yield* keepUser
        const record = makeRecord()
        const writesOf = (userId: UserId) =>
          Effect.gen(function* () {
            yield* keepTask(userId)
            yield* keepCategory(userId, { name: CategoryName.make(`Category ${yield* lengthOf(userId)}`) })
            yield* records.insert(userId, record)
          })
        expect(yield* Effect.flip(atomically(Effect.andThen(writesOf(userId), Effect.fail("refused"))))).toBe("refused")
        expect(yield* records.get(userId, record.key)).toStrictEqual(Option.none())
        yield* atomically(writesOf(userId))
        expect(yield* records.get(userId, record.key)).toStrictEqual(Option.some(record))
        expectUsed(yield* Effect.exit(atomically(writesOf(userId))), record.key)
        expect(yield* lengthOf(userId)).toBe(2)
      }),
    )

    it.effect("removes the records with their account", () =>
      Effect.gen(function* () {
        const accounts = yield* AccountRepository
        const records = yield* IdempotencyRecords
        const [userId, other] = [yield* keepUser, yield* keepUser]
        const record = makeRecord()
        yield* records.insert(userId, record)
        yield* records.insert(other, record)
        yield* accounts.delete(userId)
        expect(yield* records.get(userId, record.key)).toStrictEqual(Option.none())
        expect(yield* records.get(other, record.key)).toStrictEqual(Option.some(record))
      }),
    )
  })
