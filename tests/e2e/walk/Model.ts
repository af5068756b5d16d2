/** The model of the service to which the random walks compare the stores. */
import type { UserAccount } from "../../../domain/accounts/UserAccount.ts"
import type { Category } from "../../../domain/categories/Category.ts"
import { fromMillis, type Timestamp } from "../../../domain/shared/Timestamp.ts"
import { nextVersion } from "../../../domain/shared/Version.ts"
import type { Task } from "../../../domain/tasks/Task.ts"
import type { TaskQuery } from "../../../domain/tasks/TaskQuery.ts"

/** The recorded values of each version of a task or a category. */
export type History = Map<number, Readonly<Record<string, unknown>>>

/**
 * A task as the model holds it. Its categories are ids, so that each category is in one place. Those of deleted
 * categories stay.
 */
export interface ModelTask {
  fields: Omit<Task, "categories">
  readonly categoryIds: Set<string>
  readonly history: History
  deletedAt: Timestamp | null
}

export interface ModelRefreshToken {
  readonly token: string
  readonly expiresAt: number
  replacedAt: number | null
  successor: ModelRefreshToken | null
}

export interface ModelSession {
  readonly id: string
  readonly userId: string
  endedAt: number | null
  readonly refreshTokens: Array<ModelRefreshToken>
  readonly accessTokens: Array<{ readonly token: string; readonly expiresAt: number }>
}

export interface ModelVerification {
  readonly userId: string
  readonly token: string
  readonly expiresAt: number
  isOpen: boolean
}

/**
 * The state that the service should have, as lists that are searched from end to end. It follows the contract and
 * shares no rule with the domain, because the stores themselves call the domain's functions.
 */
export interface Model {
  /** The number of the walk, so that its users have email addresses of their own. */
  readonly walk: number
  millis: number
  readonly users: Array<UserAccount>
  readonly categories: Array<Category>
  readonly deletedCategories: Array<Category>
  /** The history of each category, by its id. */
  readonly categoryHistories: Map<string, History>
  readonly tasks: Array<ModelTask>
  readonly sessions: Array<ModelSession>
  readonly verifications: Array<ModelVerification>
}

export const nowOf = (model: Model): Timestamp => fromMillis(model.millis)

/** Compares the bytes of UTF-8, which have the order of the code points. */
const byName = (one: Category, other: Category): number =>
  Buffer.compare(Buffer.from(one.name), Buffer.from(other.name))

export const categoriesOf = (model: Model, userId: string): ReadonlyArray<Category> =>
  model.categories.filter((category) => category.userId === userId).sort(byName)

export const taskOf = (model: Model, { categoryIds, fields }: ModelTask): Task => ({
  ...fields,
  categories: categoriesOf(model, fields.userId).filter(({ id }) => categoryIds.has(id)),
})

const taskValues = ({ categoryIds, fields }: ModelTask) => {
  const { description, dueDate, priority, status, title } = fields
  return { title, description, status, priority, dueDate, categoryIds: [...categoryIds].sort() }
}

/** Records the values of the task's version. */
export const recordTask = (task: ModelTask): void => {
  task.history.set(task.fields.version, taskValues(task))
}

/** Records the values of the category's version. */
export const recordCategory = (model: Model, { color, id, name, version }: Category): void => {
  const history = model.categoryHistories.get(id) ?? new Map()
  model.categoryHistories.set(id, history.set(version, { name, color }))
}

/** Returns the task with the changes, at the next version. */
export const changeTask = (model: Model, task: ModelTask, changes: Partial<Task>): void => {
  task.fields = { ...task.fields, ...changes, version: nextVersion(task.fields.version), updatedAt: nowOf(model) }
  recordTask(task)
}

/** Returns what was changed from one version to another, and which of it the sent values contradict. */
export const divergenceOf = (
  history: History | undefined,
  base: number,
  current: number,
  sent: Readonly<Record<string, unknown>>,
) => {
  const [then = {}, now = {}] = [history?.get(base), history?.get(current)]
  const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)
  const changedFields = Object.keys(now)
    .filter((name) => !isSame(then[name], now[name]))
    .sort()
  const conflictingFields = changedFields.filter((name) => sent[name] !== undefined && !isSame(sent[name], now[name]))
  return {
    changedFields,
    conflictingFields,
    base: Object.fromEntries(changedFields.map((name) => [name, then[name]])),
    isMergeable: conflictingFields.length === 0,
  }
}

const urgency = { low: 1, medium: 2, high: 3 }

const sortKeys = {
  created_at: (task: Task) => Date.parse(task.createdAt),
  updated_at: (task: Task) => Date.parse(task.updatedAt),
  due_date: (task: Task) => Date.parse(task.dueDate ?? ""),
  priority: (task: Task) => urgency[task.priority],
}

const isInList = (task: Task, query: TaskQuery): boolean => {
  if (query.status !== undefined && !query.status.includes(task.status)) return false
  if (query.priority !== undefined && !query.priority.includes(task.priority)) return false
  if (query.categoryId !== undefined && !task.categories.map(({ id }) => id).includes(query.categoryId)) return false
  // A comparison with a missing due date, which is NaN, is always false.
  if (query.dueFrom !== undefined && !(Date.parse(task.dueDate ?? "") >= Date.parse(query.dueFrom))) return false
  if (query.dueTo !== undefined && !(Date.parse(task.dueDate ?? "") <= Date.parse(query.dueTo))) return false
  return true
}

/** Returns the whole list, of which a page is a part. */
export const listOf = (model: Model, userId: string, query: TaskQuery): ReadonlyArray<Task> => {
  const keyOf = sortKeys[query.sort]
  const tasks = model.tasks
    .filter(({ deletedAt, fields }) => fields.userId === userId && deletedAt === null)
    .map((task) => taskOf(model, task))
    .filter((task) => isInList(task, query))
    .sort((one, other) => (one.id < other.id ? -1 : 1))
  const sorted = tasks
    .filter((task) => !Number.isNaN(keyOf(task)))
    .sort((one, other) => keyOf(one) - keyOf(other) || tasks.indexOf(one) - tasks.indexOf(other))
  const last = tasks.filter((task) => Number.isNaN(keyOf(task)))
  return query.order === "asc" ? [...sorted, ...last] : [...sorted.reverse(), ...last.reverse()]
}
