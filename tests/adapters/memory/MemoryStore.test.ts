/** Holds the memory store to its isolation and to the constraints of a database. */
import { expect, it } from "@effect/vitest"
import { Context, Effect, Exit, Layer, Option } from "effect"
import * as MemoryRepositories from "../../../adapters/memory/MemoryRepositories.ts"
import { SessionRepository } from "../../../application/accounts/sessions/SessionRepository.ts"
import { UnitOfWork } from "../../../application/shared/UnitOfWork.ts"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import {
  at,
  keepAccount,
  keepTask,
  keepUser,
  makeAccount,
  makeSession,
  makeTask,
  newUserId,
} from "../../support/entities.ts"

const memory = Effect.provide(MemoryRepositories.layer)

it.effect("MemoryStore is empty in each build of its layer", () =>
  Effect.gen(function* () {
    const tasks = yield* TaskRepository
    const task = yield* keepTask(yield* keepUser)
    const fresh = yield* Layer.build(Layer.fresh(MemoryRepositories.layer))
    expect(yield* tasks.exists(task.id)).toBe(true)
    expect(yield* Context.get(fresh, TaskRepository).exists(task.id)).toBe(false)
  }).pipe(Effect.scoped, memory),
)

it.effect("MemoryStore is not changed by a unit of work of another store", () =>
  Effect.gen(function* () {
    const { atomically } = yield* UnitOfWork
    const other = yield* Layer.build(Layer.fresh(MemoryRepositories.layer))
    const account = yield* Effect.provide(keepAccount(makeAccount()), other)
    const task = makeTask(account.id)
    const elsewhere = Context.get(other, TaskRepository)
    yield* Effect.ignore(atomically(Effect.andThen(elsewhere.insert(task), Effect.fail("refused"))))
    expect(yield* elsewhere.exists(task.id)).toBe(true)
  }).pipe(Effect.scoped, memory),
)

it.effect("MemoryStore dies if a record belongs to no account", () =>
  Effect.gen(function* () {
    const sessions = yield* SessionRepository
    const { session, token } = makeSession(newUserId())
    expect(Exit.hasDies(yield* Effect.exit(sessions.insert(session, token)))).toBe(true)
  }).pipe(memory),
)

it.effect("MemoryStore drops a user's expired sessions at the next login", () =>
  Effect.gen(function* () {
    const sessions = yield* SessionRepository
    const userId = yield* keepUser
    const [expired, live] = [makeSession(userId, 10_000), makeSession(userId, 60_000)]
    yield* sessions.insert(expired.session, expired.token)
    yield* sessions.insert(live.session, live.token)
    const later = makeSession(userId)
    yield* sessions.insert({ ...later.session, createdAt: at(10) }, later.token)
    expect(yield* sessions.findByTokenForUpdate(userId, expired.token.hash)).toStrictEqual(Option.none())
    expect(Option.isSome(yield* sessions.findByTokenForUpdate(userId, live.token.hash))).toBe(true)
    expect(Option.isSome(yield* sessions.findByTokenForUpdate(userId, later.token.hash))).toBe(true)
  }).pipe(memory),
)
