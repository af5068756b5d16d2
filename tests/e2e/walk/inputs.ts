/** The inputs of the random walks' operations, as fast-check's arbitraries. */
import * as fc from "fast-check"
import { TaskPriority, TaskStatus } from "../../../domain/tasks/TaskFields.ts"
import { SortOrder, TaskSort } from "../../../domain/tasks/TaskQuery.ts"
import type { Model, ModelTask } from "./Model.ts"
import { unknownId } from "./Store.ts"

const second = 1_000
const hour = 3_600 * second
const day = 24 * hour

/** The index of one of the model's users, tasks or other records, modulo their count. */
const index = fc.nat({ max: 999 })

export const nth = <A>(all: ReadonlyArray<A>, n: number): A | undefined => all[n % all.length]

export const user = index
export const userAt = (model: Model, n: number) => {
  const found = nth(model.users, n)
  if (found === undefined) throw new Error("a walk has at least one user")
  return found
}

const whose = <const Kind extends string>(...kinds: ReadonlyArray<readonly [Kind, number]>) =>
  fc.oneof(...kinds.map(([kind, weight]) => ({ arbitrary: fc.constant(kind), weight })))

/** A task or a category as the caller names it. */
export interface Reference {
  readonly of: "own" | "deleted" | "others" | "unknown"
  readonly n: number
  /** The service accepts ids in upper and lower case. */
  readonly isUpperCase: boolean
}

export const taskReference: fc.Arbitrary<Reference> = fc.record({
  of: whose(["own", 9], ["deleted", 1], ["others", 1], ["unknown", 1]),
  n: index,
  isUpperCase: fc.boolean(),
})

export const deletedTaskReference: fc.Arbitrary<Reference> = fc.record({
  of: whose(["own", 1], ["deleted", 6], ["others", 1], ["unknown", 1]),
  n: index,
  isUpperCase: fc.boolean(),
})

export const categoryReference: fc.Arbitrary<Reference> = fc.record({
  of: whose(["own", 9], ["others", 1], ["unknown", 1]),
  n: index,
  isUpperCase: fc.boolean(),
})

const written = (id: string | undefined, { isUpperCase }: Reference): string =>
  isUpperCase ? (id ?? unknownId).toUpperCase() : (id ?? unknownId)

const taskKinds: { readonly [Of in Reference["of"]]: (task: ModelTask, userId: string) => boolean } = {
  own: ({ deletedAt, fields }, userId) => fields.userId === userId && deletedAt === null,
  deleted: ({ deletedAt, fields }, userId) => fields.userId === userId && deletedAt !== null,
  others: ({ fields }, userId) => fields.userId !== userId,
  unknown: () => false,
}

export const taskIdOf = (model: Model, userId: string, reference: Reference): string => {
  const isMeant = taskKinds[reference.of]
  const task = nth(
    model.tasks.filter((candidate) => isMeant(candidate, userId)),
    reference.n,
  )
  return written(task?.fields.id, reference)
}

export const categoryIdOf = (model: Model, userId: string, reference: Reference): string => {
  const isMeant = (ownerId: string) =>
    reference.of === "own" ? ownerId === userId : reference.of === "others" && ownerId !== userId
  const category = nth(
    model.categories.filter((candidate) => isMeant(candidate.userId)),
    reference.n,
  )
  return written(category?.id, reference)
}

/** How much time passes between two operations. It is mostly zero, so that many times are equal. */
export const pause = fc.oneof(
  { arbitrary: fc.integer({ min: 1, max: 3 }), weight: 6 },
  { arbitrary: fc.constantFrom(second, 3 * second, hour / 2, 2 * hour), weight: 3 },
  { arbitrary: fc.constantFrom(day, 4 * day), weight: 1 },
)

/** A due date, that many milliseconds after the time of the operation: few different ones, some in the past. */
export const dueIn = fc.oneof(
  { arbitrary: fc.constantFrom(1, hour, day, 7 * day), weight: 7 },
  { arbitrary: fc.constantFrom(0, -1, -day), weight: 1 },
)

/** Any text: long and short, with spaces around it, NUL, controls, emoji, and halves of surrogate pairs. */
const anyText = (maxLength: number) =>
  fc.oneof(
    { arbitrary: fc.string({ unit: "grapheme", minLength: 3, maxLength }), weight: 6 },
    { arbitrary: fc.string({ unit: "binary", minLength: 3, maxLength }), weight: 2 },
    {
      arbitrary: fc.constantFrom("  Water the plants\n", "\t ab ", "a\0b c", "half \ud83d", "  👩‍🚀👩‍🚀  "),
      weight: 2,
    },
  )

export const title = fc.oneof(
  { arbitrary: anyText(20), weight: 9 },
  { arbitrary: fc.constantFrom("🪴".repeat(200), "🪴".repeat(201)), weight: 1 },
)

export const description = fc.option(
  fc.oneof({ arbitrary: anyText(40), weight: 9 }, { arbitrary: fc.constantFrom("", "ä".repeat(2001)), weight: 1 }),
)

export const priority = fc.constantFrom(...TaskPriority.literals)
export const status = fc.constantFrom(...TaskStatus.literals)
export const sort = fc.constantFrom(...TaskSort.literals)
export const order = fc.constantFrom(...SortOrder.literals)

/** Few names, so that they are often taken. Their order by code points differs from that by UTF-16 units. */
export const categoryName = fc.oneof(
  {
    arbitrary: fc.constantFrom(
      "Garden",
      "garden",
      "Garden 2",
      "Ärger",
      "zoo",
      "🪴 plants",
      "\ufb00 ligature",
      "  Zoo  ",
    ),
    weight: 9,
  },
  { arbitrary: anyText(6), weight: 1 },
)

export const color = fc.option(fc.constantFrom("#00ff00", "#ABCDEF", "#00ff00", "green"))

/** The version that the caller claims to have read. */
export const versionRead = fc.oneof(
  { arbitrary: fc.constant(0), weight: 6 },
  { arbitrary: fc.integer({ min: -2, max: -1 }), weight: 2 },
  { arbitrary: fc.constantFrom(1, 1_000_000), weight: 1 },
)

/** One end of a range of due dates. It is that of some task, to show that ends are included, or another time. */
export const dueBound = fc.oneof(
  fc.record({ ofTask: index }),
  fc.record({ in: fc.constantFrom(-day, 0, hour, day, 7 * day) }),
)

export const page = fc.oneof(
  { arbitrary: fc.integer({ min: 1, max: 4 }), weight: 12 },
  { arbitrary: fc.constantFrom(0, 1.5, 1_000_000_000, 1_000_000_001), weight: 1 },
)
export const limit = fc.oneof(
  { arbitrary: fc.integer({ min: 1, max: 10 }), weight: 12 },
  { arbitrary: fc.constantFrom(0, 100, 101), weight: 2 },
)
export { index }
