/** The tests of every promise that a `TaskRepository` makes about filters that are trees of conditions. */
import { expect, type Vitest } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { CategoryRepository } from "../../../application/categories/CategoryRepository.ts"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import { type Category, CategoryName } from "../../../domain/categories/Category.ts"
import { fold } from "../../../domain/tasks/SearchText.ts"
import type { Task } from "../../../domain/tasks/Task.ts"
import { TaskDescription, TaskPriority, TaskStatus, TaskTitle } from "../../../domain/tasks/TaskFields.ts"
import { all, any, not, type TaskFilter } from "../../../domain/tasks/TaskFilter.ts"
import { SortOrder, TaskSort } from "../../../domain/tasks/TaskQuery.ts"
import { at, cursorLimit, keepCategory, keepTask, keepUser, limit, makeQuery, page } from "../../support/entities.ts"
import { assign, changed, expectedPage, ids, pageOf, type Stores } from "./fixtures.ts"

const titles = [
  "Buy oat milk",
  "BUY MILK 100%",
  "Straße putzen",
  "STRASSE",
  "ﬁne ＰＲＩＮＴ",
  "ΟΔΟΣ ΑΘΗΝΑΣ",
  "οδός",
  "İstanbul ısı",
  "Café ½ l",
  "Cafe\u0301".normalize("NFC"),
  "日本語の題",
  "Party 🎉 now",
  `a_b%c\\d "e" 'f'`,
  "ǅungla ǆ",
].map((title) => TaskTitle.make(title))
const descriptions = [
  ...[null, "", "milk", "Milk\nand\tbread", "ÄÖÜ\u001fmilk", "ẞ ß", "Ⅷ \u2460", "x".repeat(2000), "🎉".repeat(500)],
].map((text) => (text === null ? null : TaskDescription.make(text)))
const needles = [
  ...["milk", "MILK", "Straße", "ss", "fi", "print", "ΟΔΟΣ", "οδος", "i", "ı", "İ", "é", "e\u0301", "1⁄2", "本", "🎉"],
  ...["%", "_", "\\", '"', "'", "\n", "\u001f", "\u001fmilk", "ä", "ß", "ẞ", "viii", "1", "dž", "x", "$1", "xx🎉"],
].map(fold)
const names = ["Home", "HOME office", "Öl", "ÖL", "none"].map((name) => CategoryName.make(name.padEnd(3, ".")))
const moments = [0, 1, 2, 3]

/** Picks from lists by numbers that a property chose, over and over. */
const makePicker = (numbers: ReadonlyArray<number>) => {
  let used = 0
  const next = (): number => numbers[used++ % numbers.length] ?? 0
  return <A>(values: ReadonlyArray<A>): A => values[(next() + used) % values.length] as A
}
type Picker = ReturnType<typeof makePicker>

const leaves: ReadonlyArray<(pick: Picker, categories: ReadonlyArray<Category>) => TaskFilter> = [
  (pick) => ({ kind: "text", in: pick(["any", "any", "title", "description"]), text: pick(needles) }),
  (pick) => ({ kind: "text", in: "any", text: pick(needles) }),
  (pick) => ({ kind: "status", in: pick([["pending"], ["completed", "in_progress"], []]) }),
  (pick) => ({ kind: "priority", in: pick([["low"], ["medium", "high"], []]) }),
  (pick) => ({
    kind: "time",
    field: pick(["due", "due", "created", "updated"]),
    from: pick([null, ...moments.map((each) => at(each))]),
    to: pick([null, ...moments.map((each) => at(each))]),
  }),
  () => ({ kind: "noDueDate" }),
  () => ({ kind: "noCategory" }),
  (pick, categories) => ({
    kind: "category",
    named: pick([...names.map(fold), ...categories.map(({ id }) => id), "nothing"]),
  }),
]

const makeFilter = (pick: Picker, categories: ReadonlyArray<Category>, depth: number): TaskFilter => {
  const kind = depth === 0 ? "leaf" : pick(["leaf", "all", "any", "not", "leaf", "all"])
  if (kind === "leaf") return pick(leaves)(pick, categories)
  if (kind === "not") return not(makeFilter(pick, categories, depth - 1))
  const of = Array.from({ length: pick([0, 1, 2, 2, 3]) }, () => makeFilter(pick, categories, depth - 1))
  return kind === "all" ? all(of) : any(of)
}

const numbers = Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 9973 }))).check(
  Schema.isMinLength(30),
  Schema.isMaxLength(60),
)

/** With these, the property compares 20,000 pairs of a filter and a task. */
const tasksOfRun = 40
const filtersOfRun = 25

export const filters = (it: Vitest.MethodsNonLive<Stores>): void => {
  it.effect.prop(
    "lists the tasks that meet a filter, as the domain does, for any filters and tasks",
    { ofTasks: numbers, ofFilters: numbers },
    ({ ofFilters, ofTasks }) =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepository
        const userId = yield* keepUser
        const pick = makePicker(ofTasks)
        const categories = yield* Effect.forEach(names, (name) => keepCategory(userId, { name }))
        const [deleted, ...living] = categories
        const kept: Array<Task> = []
        for (let n = 0; n < tasksOfRun; n++) {
          const task = yield* keepTask(userId, {
            title: pick(titles),
            description: pick(descriptions),
            status: pick(TaskStatus.literals),
            priority: pick(TaskPriority.literals),
            dueDate: pick([null, ...moments.map((each) => at(each))]),
            createdAt: at(pick(moments)),
            updatedAt: at(pick(moments)),
          })
          const assigned = categories.filter(() => pick([false, false, true]))
          const after = assigned.length === 0 ? task : yield* assign(task, assigned)
          kept.push({ ...after, categories: after.categories.filter(({ id }) => id !== deleted?.id) })
        }
        if (deleted !== undefined) yield* (yield* CategoryRepository).delete(userId, deleted.id, at(9))
        const pickFilter = makePicker(ofFilters)
        for (let n = 0; n < filtersOfRun; n++) {
          const where = makeFilter(pickFilter, living, 4)
          const query = makeQuery({
            where,
            sort: pickFilter(TaskSort.literals),
            order: pickFilter(SortOrder.literals),
            limit: limit(100),
          })
          const expected = expectedPage(kept, query)
          expect([where, yield* pageOf(userId, query)]).toStrictEqual([where, expected])
          const first = yield* tasks.listAfter(userId, query, null, cursorLimit(3))
          const second =
            first.next === null ? [] : (yield* tasks.listAfter(userId, query, first.next, cursorLimit(100))).data
          expect([where, [...first.data, ...second]]).toStrictEqual([where, expected.data])
        }
      }),
    { arbitrary: { runs: 20, size: 60, maxShrinks: 20 } },
  )

  it.effect("counts all tasks that meet a filter on every page, also beyond the last", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const userId = yield* keepUser
      for (let n = 0; n < 7; n++) {
        yield* keepTask(userId, { title: TaskTitle.make(`${n < 5 ? "Möhren" : "Other"} ${n}`), createdAt: at(n) })
      }
      const where: TaskFilter = { kind: "text", in: "any", text: "möhren" }
      for (const [number, found] of [
        [1, 2],
        [3, 1],
        [4, 0],
      ] as const) {
        const listed = yield* tasks.list(userId, makeQuery({ where, page: page(number), limit: limit(2) }))
        expect([listed.total, listed.data.length]).toStrictEqual([5, found])
      }
    }),
  )

  it.effect("finds a task by the text that it has now, after every kind of write", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const userId = yield* keepUser
      const find = (text: string) =>
        Effect.map(tasks.list(userId, makeQuery({ where: { kind: "text", in: "any", text: fold(text) } })), ids)
      const first = yield* keepTask(userId, { title: TaskTitle.make("Äpfel kaufen"), description: null })
      expect(yield* find("äpfel")).toStrictEqual([first.id])
      const renamed = changed(first, { title: TaskTitle.make("Buy pears") })
      yield* tasks.update(first, renamed)
      expect([yield* find("äpfel"), yield* find("PEARS")]).toStrictEqual([[], [first.id]])
      const described = changed(renamed, { description: TaskDescription.make("Süße") })
      yield* tasks.update(renamed, described)
      const started = changed(described, { status: "in_progress" })
      yield* tasks.update(described, started)
      expect(yield* find("SÜSSE")).toStrictEqual([])
      expect(yield* find("SÜßE")).toStrictEqual([first.id])
      const deleted = yield* tasks.delete(userId, first.id, at(90))
      expect(yield* find("süße")).toStrictEqual([])
      yield* tasks.restore(deleted, changed(deleted.task))
      expect(yield* find("süße")).toStrictEqual([first.id])
    }),
  )
}
