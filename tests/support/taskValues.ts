/** Makes values of tasks from few possible ones, so that two random tasks are often alike in some fields. */
import * as fc from "fast-check"
import { CategoryId } from "../../domain/categories/CategoryId.ts"
import type { TaskValues } from "../../domain/changes/EntityState.ts"
import { TaskDescription, TaskPriority, TaskStatus, TaskTitle } from "../../domain/tasks/TaskFields.ts"
import { at } from "./entities.ts"

/** Ids in their order. */
export const someCategoryIds = [1, 2, 3, 4].map((digit) =>
  CategoryId.make(`0199e0a1-0000-7000-8000-00000000000${digit}`),
)

const fields: { readonly [F in keyof TaskValues]: fc.Arbitrary<TaskValues[F]> } = {
  title: fc.constantFrom(...["Buy milk", "Buy oat milk", "Water the plants"].map((title) => TaskTitle.make(title))),
  description: fc.constantFrom(null, TaskDescription.make(""), TaskDescription.make("Two bottles")),
  status: fc.constantFrom(...TaskStatus.literals),
  priority: fc.constantFrom(...TaskPriority.literals),
  dueDate: fc.constantFrom(null, at(0), at(60)),
  categoryIds: fc.subarray(someCategoryIds),
}

/** All values of a task. */
export const taskValues: fc.Arbitrary<TaskValues> = fc.record(fields, { noNullPrototype: true })

/** Values of some of the fields. */
export const taskPatch: fc.Arbitrary<Partial<TaskValues>> = fc.record(fields, {
  requiredKeys: [],
  noNullPrototype: true,
})
