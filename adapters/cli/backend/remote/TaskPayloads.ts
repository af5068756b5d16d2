/** What the calls for one task and for several have in common: payloads, and the errors of problems. */
import { maxCategories } from "../../../../domain/categories/Category.ts"
import { CategoryLimitReached } from "../../../../domain/categories/CategoryErrors.ts"
import type { CategoryId } from "../../../../domain/categories/CategoryId.ts"
import { NotOwner } from "../../../../domain/shared/NotOwner.ts"
import { maxTaskCategories } from "../../../../domain/tasks/Task.ts"
import { TaskNotFound } from "../../../../domain/tasks/TaskErrors.ts"
import type { NewTaskFields } from "../../../../domain/tasks/TaskFields.ts"
import type { TaskId } from "../../../../domain/tasks/TaskId.ts"
import { toPayload } from "../../../http/api/v1/TaskResource.ts"

type Present<A> = { [Key in keyof A]: Exclude<A[Key], undefined> }

/** Removes undefined fields: on the wire, an absent field and null differ. */
export const present = <A extends object>(fields: A): Partial<Present<A>> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<Present<A>>

/** Returns the body of a request that creates the task. */
export const newTaskPayload = ({ title, ...fields }: NewTaskFields, categoryIds: ReadonlyArray<CategoryId>) => ({
  title,
  ...present(toPayload(fields)),
  ...(categoryIds.length > 0 && { category_ids: categoryIds }),
})

/** The errors of problems with a task. */
export const ofTask = (taskId: TaskId) => ({
  task_not_found: () => new TaskNotFound({ taskId }),
  not_owner: () => new NotOwner({ resource: "task" }),
})

const limits = { user: maxCategories, task: maxTaskCategories }
/** Returns the error of a limit of categories. */
export const limitOf = (of: keyof typeof limits) => () => new CategoryLimitReached({ of, limit: limits[of] })
