/** The contract suite of the `TaskRepository` port, which every adapter of it runs. */
import { assert, layer } from "@effect/vitest"
import { Effect, Exit, type Layer, Schema } from "effect"
import type { AccountRepository } from "../../application/accounts/AccountRepository.ts"
import { CategoryRepository } from "../../application/categories/CategoryRepository.ts"
import { TaskRepository } from "../../application/tasks/TaskRepository.ts"
import { byName, type Category, CategoryName } from "../../domain/categories/Category.ts"
import { nextVersion, Version } from "../../domain/shared/Version.ts"
import { restore, type Task, TaskDescription, TaskPriority, TaskStatus, TaskTitle } from "../../domain/tasks/Task.ts"
import { comparator, matches, SortOrder, type TaskQuery, TaskSort } from "../../domain/tasks/TaskQuery.ts"
import {
  at,
  keepCategory,
  keepTask,
  keepUser,
  limit,
  makeCategory,
  makeQuery,
  makeTask,
  newUserId,
  page,
} from "../support/entities.ts"
import { allAtOnce, timesAtOnce } from "../support/interleaving.ts"

const full = {
  title: TaskTitle.make(`Rob'"); DROP TABLE tasks; -- \\ %_ 🌻`),
  description: TaskDescription.make(`👩🏽‍🌾\n\t"é" ${"🌻".repeat(1980)}`),
  status: "in_progress",
  priority: "high",
  dueDate: at(86_400.001),
  createdAt: at(0.123),
  updatedAt: at(1.999),
} satisfies Partial<Task>

const changed = (task: Task, fields: Partial<Task> = {}): Task => ({
  ...task,
  ...fields,
  version: nextVersion(task.version),
  updatedAt: at(60),
})

/** Assigns the categories to the task and returns it. */
const assign = Effect.fnUntraced(function* (task: Task, categories: ReadonlyArray<Category>) {
  const tasks = yield* TaskRepository
  const after = changed(task, { categories: [...categories].sort(byName) })
  yield* tasks.update(task, after)
  return after
})

const ids = (page: { readonly data: ReadonlyArray<Task> }) => page.data.map(({ id }) => id)

/** The page that the port's description promises. */
const expectedPage = (all: ReadonlyArray<Task>, query: TaskQuery) => {
  const listed = all.filter((task) => matches(query, task)).sort(comparator(query))
  const skipped = (query.page - 1) * query.limit
  return {
    data: listed.slice(skipped, skipped + query.limit),
    total: listed.length,
    page: query.page,
    limit: query.limit,
  }
}

/** Registers the tests of every promise that a `TaskRepository` makes. */
export const suite = (
  name: string,
  repositories: Layer.Layer<AccountRepository | CategoryRepository | TaskRepository, unknown>,
) =>
  layer(repositories, { excludeTestServices: true })(`TaskRepository: ${name}`, (it) => {
    it.effect("gives back every field of a task", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepository
        const userId = yield* keepUser
        const task = makeTask(userId, full)
        const plain = makeTask(userId, { description: null, dueDate: null })
        const empty = makeTask(userId, {
          description: TaskDescription.make(""),
          title: TaskTitle.make("🌻".repeat(200)),
        })
        for (const each of [task, plain, empty]) {
          yield* tasks.insert(each)
          assert.deepStrictEqual(yield* tasks.get(userId, each.id), each)
          assert.deepStrictEqual(yield* tasks.getForUpdate(userId, each.id), each)
          assert.isTrue(yield* tasks.exists(each.id))
        }
        const listed = yield* tasks.list(userId, makeQuery())
        assert.deepStrictEqual(listed, expectedPage([task, plain, empty], makeQuery()))
      }),
    )

    it.effect("finds nothing where there is nothing", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepository
        const userId = yield* keepUser
        const task = makeTask(userId)
        const deleted = { task, deletedAt: at(1) }
        const attempts = [
          tasks.get(userId, task.id),
          tasks.getForUpdate(userId, task.id),
          tasks.getDeleted(userId, task.id),
          tasks.update(task, changed(task)),
          tasks.delete(userId, task.id, at(1)),
          tasks.restore(deleted, restore(deleted, at(2))),
        ]
        for (const attempt of attempts) {
          const error = yield* Effect.flip<unknown, { readonly _tag: string; readonly taskId?: string }, never>(attempt)
          assert.strictEqual(error._tag, "TaskNotFound")
          assert.strictEqual(error.taskId, task.id)
        }
        assert.isFalse(yield* tasks.exists(task.id))
        assert.deepStrictEqual(yield* tasks.list(userId, makeQuery()), {
          data: [],
          total: 0,
          page: page(1),
          limit: limit(20),
        })
      }),
    )

    it.effect("dies of an id that is not new", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepository
        const task = yield* keepTask(yield* keepUser)
        assert.isTrue(Exit.hasDies(yield* Effect.exit(tasks.insert(makeTask(task.userId, { ...full, id: task.id })))))
        assert.deepStrictEqual(yield* tasks.get(task.userId, task.id), task)
      }),
    )

    it.effect("keeps no task of somebody who has no account", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepository
        const task = makeTask(newUserId())
        const refusal = yield* Effect.flip(tasks.insert(task))
        assert.strictEqual(refusal._tag, "AccountNotFound")
        if (refusal._tag === "AccountNotFound") assert.strictEqual(refusal.userId, task.userId)
        assert.isFalse(yield* tasks.exists(task.id))
      }),
    )

    it.effect("keeps a new task with its categories, or nothing of it", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepository
        const categories = yield* CategoryRepository
        const [userId, other] = [yield* keepUser, yield* keepUser]
        const labels = yield* Effect.forEach(Array.from({ length: 100 }), (_, index) =>
          keepCategory(userId, { name: CategoryName.make(`Label ${String(index).padStart(3, "0")}`) }),
        )
        const task = makeTask(userId, { ...full, categories: labels })
        const plain = makeTask(userId, { description: null, dueDate: null, categories: labels.slice(7, 9) })
        for (const each of [task, plain]) {
          yield* tasks.insert(each)
          assert.deepStrictEqual(yield* tasks.get(userId, each.id), each)
        }
        const again = yield* Effect.exit(tasks.insert({ ...plain, categories: labels.slice(0, 1) }))
        assert.isTrue(Exit.hasDies(again))
        assert.deepStrictEqual(yield* tasks.get(userId, plain.id), plain)

        const gone = yield* keepCategory(userId, { name: CategoryName.make("Gone") })
        yield* categories.delete(userId, gone.id)
        const others = yield* keepCategory(other)
        for (const missing of [gone, others, makeCategory(userId)]) {
          const half = makeTask(userId, { categories: [...labels.slice(0, 2), missing] })
          const error = yield* Effect.flip(tasks.insert(half))
          assert.deepInclude(error, { _tag: "CategoryNotFound", categoryId: missing.id })
          assert.isFalse(yield* tasks.exists(half.id))
        }
        assert.strictEqual((yield* tasks.list(userId, makeQuery())).total, 2)
      }),
    )

    it.effect("puts every field in the old one's place, set or cleared", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepository
        const userId = yield* keepUser
        const other = yield* keepTask(userId)
        const first = yield* keepTask(userId)
        const { createdAt: _, ...fields } = full
        const second = changed(first, fields)
        yield* tasks.update(first, second)
        assert.deepStrictEqual(yield* tasks.get(userId, first.id), second)
        const third = changed(second, { description: null, dueDate: null, status: "completed", priority: "low" })
        yield* tasks.update(second, third)
        assert.deepStrictEqual(yield* tasks.get(userId, first.id), third)
        assert.deepStrictEqual(yield* tasks.get(userId, other.id), other)
      }),
    )

    it.effect("refuses a version that is not the stored one, and shows the task as it stands", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepository
        const userId = yield* keepUser
        const before = yield* keepTask(userId)
        const current = yield* assign(before, [yield* keepCategory(userId)])
        const stale = yield* Effect.flip(tasks.update(before, changed(before, { title: TaskTitle.make("Too late") })))
        const future = changed(current)
        const early = yield* Effect.flip(tasks.update(future, changed(future)))
        for (const error of [stale, early]) {
          assert.strictEqual(error._tag, "VersionConflict")
          if (error._tag === "VersionConflict") assert.deepStrictEqual(error.current, current)
        }
        assert.deepStrictEqual(yield* tasks.get(userId, before.id), current)
      }),
    )

    it.effect("lets exactly one of 20 writers with one version win", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepository
        const before = yield* keepTask(yield* keepUser)
        const wanted = Array.from({ length: 20 }, (_, index) =>
          changed(before, { title: TaskTitle.make(`Writer ${index}`) }),
        )
        const results = yield* allAtOnce(wanted.map((after) => Effect.result(tasks.update(before, after))))
        const winners = wanted.filter((_, index) => results[index]?._tag === "Success")
        assert.strictEqual(winners.length, 1)
        assert.deepStrictEqual(yield* tasks.get(before.userId, before.id), winners[0])
        for (const result of results) {
          if (result._tag === "Success") continue
          assert.strictEqual(result.failure._tag, "VersionConflict")
          if (result.failure._tag === "VersionConflict") assert.deepStrictEqual(result.failure.current, winners[0])
        }
      }),
    )

    it.effect("shows a deleted task nowhere but among the deleted", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepository
        const userId = yield* keepUser
        const task = yield* keepTask(userId, full)
        const kept = yield* keepTask(userId)
        yield* tasks.delete(userId, task.id, at(30))
        const attempts = [
          tasks.get(userId, task.id),
          tasks.getForUpdate(userId, task.id),
          tasks.update(task, changed(task)),
          tasks.delete(userId, task.id, at(40)),
        ]
        for (const attempt of attempts) {
          const error = yield* Effect.flip<unknown, { readonly _tag: string }, never>(attempt)
          assert.strictEqual(error._tag, "TaskNotFound")
        }
        assert.isFalse(yield* tasks.exists(task.id))
        assert.deepStrictEqual(yield* tasks.list(userId, makeQuery()), expectedPage([kept], makeQuery()))
        assert.deepStrictEqual(yield* tasks.getDeleted(userId, task.id), { task, deletedAt: at(30) })
        assert.strictEqual((yield* Effect.flip(tasks.getDeleted(userId, kept.id)))._tag, "TaskNotFound")
      }),
    )

    it.effect("deletes a task for exactly one of 20 at once", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepository
        const task = yield* keepTask(yield* keepUser)
        const results = yield* timesAtOnce(20, Effect.result(tasks.delete(task.userId, task.id, at(1))))
        assert.strictEqual(results.filter(({ _tag }) => _tag === "Success").length, 1)
      }),
    )

    it.effect("deletes a task of an accepted version alone, and shows the task as it stands to others", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepository
        const userId = yield* keepUser
        const version = (number: number) => Version.make(number)
        const category = yield* keepCategory(userId)
        for (const accepted of [version(2), [version(2)], [version(1), version(2), version(7)], "any"] as const) {
          const task = yield* assign(yield* keepTask(userId), [category])
          for (const other of [version(1), version(3), [version(1), version(3)], []]) {
            const error = yield* Effect.flip(tasks.delete(userId, task.id, at(70), other))
            assert.strictEqual(error._tag, "VersionConflict")
            if (error._tag === "VersionConflict") assert.deepStrictEqual(error.current, task)
          }
          assert.deepStrictEqual(yield* tasks.get(userId, task.id), task)
          yield* tasks.delete(userId, task.id, at(80), accepted)
          assert.deepStrictEqual(yield* tasks.getDeleted(userId, task.id), { task, deletedAt: at(80) })
          const gone = yield* Effect.flip(tasks.delete(userId, task.id, at(90), accepted))
          assert.strictEqual(gone._tag, "TaskNotFound")
        }
      }),
    )

    it.effect("lets one change or one deletion of a version win", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepository
        const before = yield* keepTask(yield* keepUser)
        const results = yield* allAtOnce(
          Array.from({ length: 20 }, (_, index) =>
            Effect.result<void, { readonly _tag: string }, never>(
              index % 2 === 0
                ? tasks.update(before, changed(before, { title: TaskTitle.make(`Writer ${index}`) }))
                : tasks.delete(before.userId, before.id, at(1), before.version),
            ),
          ),
        )
        assert.strictEqual(results.filter(({ _tag }) => _tag === "Success").length, 1)
      }),
    )

    it.effect("restores a deleted task with its categories, once", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepository
        const userId = yield* keepUser
        const task = yield* assign(yield* keepTask(userId, full), [yield* keepCategory(userId)])
        yield* tasks.delete(userId, task.id, at(70))
        const deleted = yield* tasks.getDeleted(userId, task.id)
        const restored = restore(deleted, at(80))
        yield* tasks.restore(deleted, restored)
        assert.deepStrictEqual(yield* tasks.get(userId, task.id), restored)
        assert.deepStrictEqual(yield* tasks.list(userId, makeQuery()), expectedPage([restored], makeQuery()))
        assert.isTrue(yield* tasks.exists(task.id))
        assert.strictEqual((yield* Effect.flip(tasks.getDeleted(userId, task.id)))._tag, "TaskNotFound")
        assert.strictEqual((yield* Effect.flip(tasks.restore(deleted, restored)))._tag, "TaskNotFound")
        const after = changed(restored)
        yield* tasks.update(restored, after)
        assert.deepStrictEqual(yield* tasks.get(userId, task.id), after)
      }),
    )

    it.effect("does not restore a task that was never deleted", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepository
        const task = yield* keepTask(yield* keepUser)
        const deleted = { task, deletedAt: at(1) }
        assert.strictEqual((yield* Effect.flip(tasks.restore(deleted, restore(deleted, at(2)))))._tag, "TaskNotFound")
        assert.deepStrictEqual(yield* tasks.get(task.userId, task.id), task)
      }),
    )

    it.effect("hides a user's tasks from every other", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepository
        const [owner, other] = [yield* keepUser, yield* keepUser]
        const task = yield* keepTask(owner)
        const gone = yield* keepTask(owner)
        yield* tasks.delete(owner, gone.id, at(1))
        const deleted = yield* tasks.getDeleted(owner, gone.id)
        const stolen = { ...task, userId: other }
        const stolenDeleted = { ...deleted, task: { ...deleted.task, userId: other } }
        const attempts = [
          tasks.get(other, task.id),
          tasks.getForUpdate(other, task.id),
          tasks.getDeleted(other, gone.id),
          tasks.update(stolen, changed(stolen)),
          tasks.delete(other, task.id, at(2)),
          tasks.restore(stolenDeleted, restore(stolenDeleted, at(2))),
        ]
        for (const attempt of attempts) {
          const error = yield* Effect.flip<unknown, { readonly _tag: string }, never>(attempt)
          assert.strictEqual(error._tag, "TaskNotFound")
        }
        const mine = yield* keepTask(other)
        assert.deepStrictEqual(yield* tasks.list(other, makeQuery()), expectedPage([mine], makeQuery()))
        assert.deepStrictEqual(yield* tasks.list(owner, makeQuery()), expectedPage([task], makeQuery()))
        assert.deepStrictEqual(yield* tasks.getDeleted(owner, gone.id), deleted)
        assert.isTrue(yield* tasks.exists(task.id))
      }),
    )

    it.effect("keeps categories on a task, by name, and takes them off", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepository
        const userId = yield* keepUser
        const named = (text: string) => keepCategory(userId, { name: CategoryName.make(text) })
        const [emoji, upper, wide, lower] = [
          yield* named("🌻🌻🌻"),
          yield* named("Zebra"),
          yield* named("～～～"),
          yield* named("apple"),
        ]
        const bare = yield* keepTask(userId)
        const all = yield* assign(bare, [emoji, wide, lower, upper])
        assert.deepStrictEqual(all.categories, [upper, lower, wide, emoji])
        assert.deepStrictEqual(yield* tasks.get(userId, bare.id), all)
        assert.deepStrictEqual(yield* tasks.getForUpdate(userId, bare.id), all)
        assert.deepStrictEqual(yield* tasks.list(userId, makeQuery()), expectedPage([all], makeQuery()))
        const fewer = yield* assign(all, [wide])
        assert.deepStrictEqual(yield* tasks.get(userId, bare.id), fewer)
        const swapped = yield* assign(fewer, [emoji, lower])
        assert.deepStrictEqual(yield* tasks.get(userId, bare.id), swapped)
        const none = yield* assign(swapped, [])
        assert.deepStrictEqual(yield* tasks.get(userId, bare.id), none)
      }),
    )

    it.effect("does not put a category on a task that is gone or somebody else's, and writes nothing then", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepository
        const [userId, other] = [yield* keepUser, yield* keepUser]
        const kept = yield* keepCategory(userId)
        const before = yield* keepTask(userId)
        const gone = makeCategory(userId, { name: CategoryName.make("Gone") })
        const others = yield* keepCategory(other, { name: CategoryName.make("Others") })
        for (const missing of [gone, others]) {
          const error = yield* Effect.flip(
            tasks.update(before, changed(before, { ...full, categories: [kept, missing] })),
          )
          assert.strictEqual(error._tag, "CategoryNotFound")
          if (error._tag === "CategoryNotFound") assert.strictEqual(error.categoryId, missing.id)
          assert.deepStrictEqual(yield* tasks.get(userId, before.id), before)
        }
      }),
    )

    it.effect("takes a deleted category off all tasks, deleted ones too, and changes nothing else of them", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepository
        const categories = yield* CategoryRepository
        const userId = yield* keepUser
        const [going, staying] = [
          yield* keepCategory(userId),
          yield* keepCategory(userId, { name: CategoryName.make("Kitchen") }),
        ]
        const one = yield* assign(yield* keepTask(userId), [going, staying])
        const other = yield* assign(yield* keepTask(userId), [going])
        const deleted = yield* assign(yield* keepTask(userId), [going])
        yield* tasks.delete(userId, deleted.id, at(70))
        yield* categories.delete(userId, going.id)
        assert.deepStrictEqual(yield* tasks.get(userId, one.id), { ...one, categories: [staying] })
        assert.deepStrictEqual(yield* tasks.get(userId, other.id), { ...other, categories: [] })
        assert.deepStrictEqual((yield* tasks.getDeleted(userId, deleted.id)).task, { ...deleted, categories: [] })
        assert.strictEqual((yield* tasks.list(userId, makeQuery({ categoryId: going.id }))).total, 0)
        // A change that was read before the category was deleted can still be written, without the category.
        const after = changed(one, { title: TaskTitle.make("Changed meanwhile") })
        yield* tasks.update(one, after)
        assert.deepStrictEqual(yield* tasks.get(userId, one.id), { ...after, categories: [staying] })
      }),
    )

    it.effect("filters by each condition and by all of them together", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepository
        const userId = yield* keepUser
        const category = yield* keepCategory(userId)
        const all: Array<Task> = []
        for (const status of TaskStatus.literals) {
          for (const priority of TaskPriority.literals) {
            const task = yield* keepTask(userId, { status, priority, dueDate: at(all.length) })
            all.push(all.length % 2 === 0 ? yield* assign(task, [category]) : task)
          }
        }
        all.push(yield* keepTask(userId))
        const queries = [
          makeQuery(),
          ...TaskStatus.literals.map((status) => makeQuery({ status })),
          ...TaskPriority.literals.map((priority) => makeQuery({ priority })),
          makeQuery({ categoryId: category.id }),
          makeQuery({ categoryId: makeCategory(userId).id }),
          makeQuery({ status: "pending", priority: "low", categoryId: category.id, dueFrom: at(0), dueTo: at(0) }),
        ]
        for (const query of queries) assert.deepStrictEqual(yield* tasks.list(userId, query), expectedPage(all, query))
      }),
    )

    it.effect("includes both ends of the due dates, to the millisecond, and leaves out tasks without one", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepository
        const userId = yield* keepUser
        const dues = [at(9.999), at(10), at(10.001), at(20), at(20.001)]
        const all: Array<Task> = []
        for (const dueDate of dues) all.push(yield* keepTask(userId, { dueDate }))
        yield* keepTask(userId)
        const found = (fields: Partial<TaskQuery>) =>
          Effect.map(tasks.list(userId, makeQuery({ sort: "due_date", order: "asc", ...fields })), ({ data }) =>
            data.map(({ dueDate }) => dueDate),
          )
        assert.deepStrictEqual(yield* found({ dueFrom: at(10), dueTo: at(20) }), dues.slice(1, 4))
        assert.deepStrictEqual(yield* found({ dueFrom: at(10.001) }), dues.slice(2))
        assert.deepStrictEqual(yield* found({ dueTo: at(9.999) }), dues.slice(0, 1))
        assert.deepStrictEqual(yield* found({ dueFrom: at(20), dueTo: at(10) }), [])
      }),
    )

    it.effect("orders totally under ties, by every sort, a missing due date last either way", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepository
        const userId = yield* keepUser
        const all = Array.from({ length: 24 }, (_, index) =>
          makeTask(userId, {
            createdAt: at(index % 2),
            updatedAt: at(2 + (index % 3)),
            dueDate: index % 4 === 0 ? null : at(100 + (index % 4)),
            priority: TaskPriority.literals[index % 3] ?? "low",
          }),
        )
        // In reverse, so that the order of writes is not the order of ids.
        for (const task of [...all].reverse()) yield* tasks.insert(task)
        for (const sort of TaskSort.literals) {
          for (const order of SortOrder.literals) {
            const pages = []
            for (const number of [1, 2, 3, 4]) {
              const query = makeQuery({ sort, order, page: page(number), limit: limit(7) })
              const listed = yield* tasks.list(userId, query)
              assert.deepStrictEqual(listed, expectedPage(all, query), `${sort} ${order}, page ${number}`)
              pages.push(...ids(listed))
            }
            assert.strictEqual(new Set(pages).size, all.length)
            if (sort === "due_date") {
              const whole = yield* tasks.list(userId, makeQuery({ sort, order, limit: limit(100) }))
              assert.isTrue(whole.data.slice(18).every(({ dueDate }) => dueDate === null))
            }
          }
        }
      }),
    )

    it.effect("counts the whole list on every page, beyond the last too", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepository
        const userId = yield* keepUser
        for (let kept = 0; kept < 101; kept++) yield* keepTask(userId, { createdAt: at(kept) })
        const sizes = []
        for (const [number, items] of [
          [1, 1],
          [101, 1],
          [102, 1],
          [1, 100],
          [2, 100],
          [3, 100],
          [1_000_000_000, 100],
        ] as const) {
          const listed = yield* tasks.list(userId, makeQuery({ page: page(number), limit: limit(items) }))
          assert.deepStrictEqual([listed.total, listed.page, listed.limit], [101, number, items])
          sizes.push(listed.data.length)
        }
        assert.deepStrictEqual(sizes, [1, 1, 0, 100, 1, 0, 0])
      }),
    )

    const moment = Schema.Literals([0, 1, 2, 3])
    it.effect.prop(
      "lists what the domain's filter and order say, for any tasks and any questions",
      {
        shapes: Schema.Array(
          Schema.Struct({
            status: TaskStatus,
            priority: TaskPriority,
            createdAt: moment,
            updatedAt: moment,
            dueDate: Schema.NullOr(moment),
            categories: Schema.Array(Schema.Literals([0, 1])).check(Schema.isMaxLength(2)),
          }),
        ).check(Schema.isMaxLength(24)),
        queries: Schema.Array(
          Schema.Struct({
            status: Schema.UndefinedOr(TaskStatus),
            priority: Schema.UndefinedOr(TaskPriority),
            category: Schema.UndefinedOr(Schema.Literals([0, 1])),
            dueFrom: Schema.UndefinedOr(moment),
            dueTo: Schema.UndefinedOr(moment),
            sort: TaskSort,
            order: SortOrder,
            page: Schema.Literals([1, 2, 3]),
            limit: Schema.Literals([1, 2, 5, 100]),
          }),
        ).check(Schema.isMinLength(4), Schema.isMaxLength(12)),
      },
      ({ shapes, queries }) =>
        Effect.gen(function* () {
          const tasks = yield* TaskRepository
          const userId = yield* keepUser
          const categories = [
            yield* keepCategory(userId),
            yield* keepCategory(userId, { name: CategoryName.make("Kitchen") }),
          ]
          const made = shapes.map((shape) =>
            makeTask(userId, {
              status: shape.status,
              priority: shape.priority,
              createdAt: at(shape.createdAt),
              updatedAt: at(10 + shape.updatedAt),
              dueDate: shape.dueDate === null ? null : at(100 + shape.dueDate),
            }),
          )
          const all: Array<Task> = []
          for (const [index, task] of [...made.entries()].reverse()) {
            yield* tasks.insert(task)
            const wanted = categories.filter((_, number) => shapes[index]?.categories.some((of) => of === number))
            if (wanted.length === 0) {
              all.push(task)
            } else {
              const after = { ...changed(task, { categories: wanted }), updatedAt: task.updatedAt }
              yield* tasks.update(task, after)
              all.push(after)
            }
          }
          for (const shape of queries) {
            const query: TaskQuery = {
              status: shape.status,
              priority: shape.priority,
              categoryId: shape.category === undefined ? undefined : categories[shape.category]?.id,
              dueFrom: shape.dueFrom === undefined ? undefined : at(100 + shape.dueFrom),
              dueTo: shape.dueTo === undefined ? undefined : at(100 + shape.dueTo),
              sort: shape.sort,
              order: shape.order,
              page: page(shape.page),
              limit: limit(shape.limit),
            }
            assert.deepStrictEqual(yield* tasks.list(userId, query), expectedPage(all, query))
          }
        }),
      { arbitrary: { runs: 25, size: 24, maxShrinks: 50 } },
    )
  })
