/** Holds a follower to every change once and in order, and several followers of one user to one read. */
import { expect, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber, Queue } from "effect"
import { AccountRepository } from "../../application/accounts/AccountRepository.ts"
import { createCategory } from "../../application/categories/CreateCategory.ts"
import { readFeedPage } from "../../application/changes/ChangeFeed.ts"
import { ChangeRepository } from "../../application/changes/ChangeRepository.ts"
import { ChangeSignal } from "../../application/changes/ChangeSignal.ts"
import { type FollowChanges, type FollowEvent, followChanges } from "../../application/changes/FollowChanges.ts"
import { CurrentMutation, runAsMutation } from "../../application/changes/Mutation.ts"
import { shareFeedReads } from "../../application/changes/ShareFeedReads.ts"
import { createTask } from "../../application/tasks/CreateTask.ts"
import { memory } from "../../bootstrap/memory.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { CategoryName } from "../../domain/categories/Category.ts"
import { TaskTitle } from "../../domain/tasks/TaskFields.ts"
import { keepUser } from "../support/entities.ts"

const asRequest = <A, E, R>(work: Effect.Effect<A, E, R>) =>
  Effect.flatMap(CurrentMutation, (mutation) => runAsMutation(mutation, work))
const addTask = (userId: UserId) => asRequest(createTask({ userId, title: TaskTitle.make("Water the plants") }))
const addCategory = (userId: UserId) => asRequest(createCategory({ userId, name: CategoryName.make("Garden") }))

/** What one event tells, in short. */
const summary = (event: FollowEvent): string => {
  switch (event._tag) {
    case "Changes":
      return event.page.changes.map(({ seq }) => seq).join()
    case "UpToDate":
      return `up to date at ${event.cursor.seq}`
    case "Reset":
      return event.reason._tag
  }
}

/** Follows until the scope closes. Returns the events as they come. */
const follow = Effect.fnUntraced(function* (
  userId: UserId,
  {
    read = readFeedPage,
    ...options
  }: Partial<Omit<FollowChanges, "userId">> & { readonly read?: typeof readFeedPage } = {},
) {
  const events = yield* Queue.unbounded<string>()
  const run = yield* followChanges(
    { userId, since: "oldest", entities: ["task", "category"], ...options },
    (event) => Effect.asVoid(Queue.offer(events, summary(event))),
    read,
  )
  return { next: Queue.take(events), fiber: yield* Effect.forkScoped(run) }
})

layer(memory)("a follower of changes", (it) => {
  it.effect("gets what there is, then that it is up to date, then each change as it is made", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      yield* addTask(userId)
      yield* addTask(userId)
      const { next } = yield* follow(userId)
      expect([yield* next, yield* next]).toEqual(["1,2", "up to date at 2"])
      yield* addTask(userId)
      expect(yield* next).toBe("3")
      yield* addCategory(userId)
      expect(yield* next).toBe("4")
    }).pipe(Effect.scoped),
  )

  it.effect("gets a long history in pages", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      for (let count = 0; count < 205; count++) yield* createTask({ userId, title: TaskTitle.make("Task") })
      const { next } = yield* follow(userId)
      const events = [yield* next, yield* next, yield* next, yield* next]
      expect(events.map((text) => text.split(",").length)).toEqual([100, 100, 5, 1])
      expect(events.slice(0, 3).join()).toBe(Array.from({ length: 205 }, (_, index) => index + 1).join())
    }).pipe(Effect.scoped),
  )

  it.effect("misses no change that is made while it reads or emits, and repeats none", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const seen: Array<string> = []
      const done = yield* Deferred.make<void>()
      const run = yield* followChanges(
        { userId, since: "latest", entities: ["task", "category"] },
        (event) =>
          Effect.gen(function* () {
            seen.push(summary(event))
            // Each event causes the next change, until there are 20.
            if (seen.length <= 20) yield* addTask(userId)
            else yield* Deferred.succeed(done, undefined)
          }).pipe(Effect.orDie),
        readFeedPage,
      )
      yield* Effect.forkScoped(run)
      yield* Deferred.await(done)
      expect(seen).toEqual(["up to date at 0", ...Array.from({ length: 20 }, (_, index) => String(index + 1))])
    }).pipe(Effect.scoped),
  )

  it.effect("gets no event for changes that are left out, nor for a wake-up without a change", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const { next } = yield* follow(userId, { entities: ["category"] })
      expect(yield* next).toBe("up to date at 0")
      yield* addTask(userId)
      const { wake } = yield* ChangeSignal
      yield* wake(userId)
      yield* addCategory(userId)
      expect(yield* next).toBe("2")
    }).pipe(Effect.scoped),
  )

  it.effect("is told to begin anew if its history was replaced meanwhile, and ends", () =>
    Effect.gen(function* () {
      const [userId, other] = [yield* keepUser, yield* keepUser]
      yield* addTask(userId)
      yield* addTask(other)
      // The store answers for another history from the second read on.
      let reads = 0
      const read: typeof readFeedPage = (_, ...rest) => readFeedPage(reads++ === 0 ? userId : other, ...rest)
      const { fiber, next } = yield* follow(userId, { read })
      expect([yield* next, yield* next]).toEqual(["1", "up to date at 1"])
      const { wake } = yield* ChangeSignal
      yield* wake(userId)
      expect(yield* next).toBe("CursorReset")
      yield* Fiber.join(fiber)
    }).pipe(Effect.scoped),
  )

  it.effect("ends if the account is deleted", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const { fiber, next } = yield* follow(userId)
      expect(yield* next).toBe("up to date at 0")
      yield* (yield* AccountRepository).delete(userId)
      yield* (yield* ChangeSignal).wake(userId)
      yield* Fiber.join(fiber)
    }).pipe(Effect.scoped),
  )
})

layer(memory)("followers of one user", (it) => {
  it.effect("read once for each wake-up, however many there are", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const changes = yield* ChangeRepository
      let reads = 0
      const counting = ChangeRepository.of({
        ...changes,
        readAfter: (...page) => {
          reads += 1
          return changes.readAfter(...page)
        },
      })
      yield* Effect.gen(function* () {
        const read = shareFeedReads()
        const followers = yield* Effect.all(Array.from({ length: 5 }, () => follow(userId, { read })))
        for (const { next } of followers) expect(yield* next).toBe("up to date at 0")
        reads = 0
        for (let count = 1; count <= 3; count++) {
          yield* addTask(userId)
          for (const { next } of followers) expect(yield* next).toBe(String(count))
          expect(reads).toBe(count)
        }
        // One that leaves in the middle of a read takes nothing from the others.
        const [first, ...others] = followers
        yield* addTask(userId)
        if (first !== undefined) yield* Fiber.interrupt(first.fiber)
        for (const { next } of others) expect(yield* next).toBe("4")
      }).pipe(Effect.provideService(ChangeRepository, counting))
    }).pipe(Effect.scoped),
  )

  it.effect("do not share a read that began before their wake-up", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const changes = yield* ChangeRepository
      const begun = yield* Deferred.make<void>()
      const goOn = yield* Deferred.make<void>()
      const slow = ChangeRepository.of({
        ...changes,
        readAfter: (...page) =>
          Effect.tap(changes.readAfter(...page), () =>
            Effect.andThen(Deferred.succeed(begun, undefined), Deferred.await(goOn)),
          ),
      })
      yield* Effect.gen(function* () {
        const read = shareFeedReads()
        const early = yield* Effect.forkScoped(read(userId, "oldest", ["task"], 100))
        yield* Deferred.await(begun)
        yield* addTask(userId)
        const late = yield* Effect.forkScoped(read(userId, "oldest", ["task"], 100))
        yield* Effect.yieldNow
        yield* Deferred.succeed(goOn, undefined)
        expect((yield* Fiber.join(early)).changes.length).toBe(0)
        expect((yield* Fiber.join(late)).changes.length).toBe(1)
      }).pipe(Effect.provideService(ChangeRepository, slow))
    }).pipe(Effect.scoped),
  )
})
