/** The random walks' operations on tasks, except the assignment of categories. */
import { Data, Effect } from "effect"
import * as fc from "fast-check"
import { UnitOfWork } from "../../../application/shared/UnitOfWork.ts"
import { CreateTask, createTask } from "../../../application/tasks/CreateTask.ts"
import { DeleteTask, deleteTask } from "../../../application/tasks/DeleteTask.ts"
import { GetTask, getTask } from "../../../application/tasks/GetTask.ts"
import { ListTasks, listTasks } from "../../../application/tasks/ListTasks.ts"
import { mergeTask } from "../../../application/tasks/MergeTask.ts"
import { RestoreTask, restoreTask } from "../../../application/tasks/RestoreTask.ts"
import { UpdateTask, updateTask } from "../../../application/tasks/UpdateTask.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"
import type { PageLimit, PageNumber } from "../../../domain/shared/Page.ts"
import { fromMillis, type Timestamp } from "../../../domain/shared/Timestamp.ts"
import { firstVersion } from "../../../domain/shared/Version.ts"
import type { TaskDescription, TaskPriority, TaskStatus, TaskTitle } from "../../../domain/tasks/TaskFields.ts"
import type { TaskId } from "../../../domain/tasks/TaskId.ts"
import type { TaskQuery } from "../../../domain/tasks/TaskQuery.ts"
import { command, findTask, isAnswer, isLine, isText, isWhole, lineOf } from "./Answers.ts"
import * as input from "./inputs.ts"
import { changeTask, divergenceOf, listOf, type Model, nowOf, recordTask, taskOf } from "./Model.ts"
import type { Plan } from "./Step.ts"
import { type Answer, malformed } from "./Store.ts"

/** Fields as a caller sends them: absent, null or a value. */
interface Fields {
  readonly title?: string
  readonly description?: string | null
  readonly status?: TaskStatus
  readonly priority?: TaskPriority
  readonly dueIn?: number | null
}

const rawFields = (model: Model, { dueIn, ...fields }: Fields) => ({
  ...fields,
  ...(dueIn !== undefined && { dueDate: dueDateOf(model, dueIn) }),
})

const dueDateOf = (model: Model, dueIn: number | null): Timestamp | null =>
  dueIn === null ? null : fromMillis(model.millis + dueIn)

const refusalOf = (model: Model, fields: Fields): Answer | undefined => {
  const { description, title } = fields
  if (title !== undefined && !isLine(lineOf(title), 3, 200)) return malformed
  if (typeof description === "string" && !isText(description, 0, 2000)) return malformed
  return pastDueDate(model, fields)
}

const pastDueDate = (model: Model, { dueIn }: Fields): Answer | undefined =>
  typeof dueIn === "number" && dueIn <= 0
    ? { refused: "DueDateNotInFuture", dueDate: dueDateOf(model, dueIn) }
    : undefined

const createInput = fc.record(
  {
    user: input.user,
    title: input.title,
    description: input.description,
    priority: input.priority,
    dueIn: fc.option(input.dueIn),
  },
  { requiredKeys: ["user", "title"] },
)
type CreateInput = typeof createInput extends fc.Arbitrary<infer A> ? A : never

const create = (model: Model, { user, ...fields }: CreateInput): Plan => {
  const { id: userId } = input.userAt(model, user)
  return {
    effect: command(CreateTask, createTask, { userId, ...rawFields(model, fields) }),
    expected: ({ id }) => {
      const refusal = refusalOf(model, fields)
      if (refusal !== undefined) return refusal
      const task = newTask(model, userId, id as TaskId, fields)
      model.tasks.push(task)
      recordTask(task)
      return { value: taskOf(model, task) }
    },
  }
}

const newTask = (model: Model, userId: UserId, id: TaskId, { description, dueIn, priority, title = "" }: Fields) => ({
  fields: {
    id,
    userId,
    title: lineOf(title) as TaskTitle,
    description: (description ?? null) as TaskDescription | null,
    status: "pending" as const,
    priority: priority ?? "medium",
    dueDate: dueDateOf(model, dueIn ?? null),
    version: firstVersion,
    createdAt: nowOf(model),
    updatedAt: nowOf(model),
  },
  categoryIds: new Set<string>(),
  history: new Map(),
  deletedAt: null,
})

class ChangeOfMind extends Data.TaggedError("ChangeOfMind") {}

/** A unit of work that fails after its write stores nothing. */
const createInVain = (model: Model, { user, ...fields }: CreateInput): Plan => {
  const { id: userId } = input.userAt(model, user)
  const created = command(CreateTask, createTask, { userId, ...rawFields(model, fields) })
  return {
    effect: Effect.flatMap(UnitOfWork, ({ atomically }) =>
      atomically(Effect.andThen(created, Effect.fail(new ChangeOfMind()))),
    ),
    expected: () => refusalOf(model, fields) ?? { refused: "ChangeOfMind" },
  }
}

const oneInput = fc.record({ user: input.user, task: input.taskReference })
type OneInput = typeof oneInput extends fc.Arbitrary<infer A> ? A : never

const get = (model: Model, { task: reference, user }: OneInput): Plan => {
  const { id: userId } = input.userAt(model, user)
  const taskId = input.taskIdOf(model, userId, reference)
  return {
    effect: command(GetTask, getTask, { userId, taskId }),
    expected: () => {
      const task = findTask(model, userId, taskId)
      return isAnswer(task) ? task : { value: taskOf(model, task) }
    },
  }
}

const remove = (model: Model, { task: reference, user }: OneInput): Plan => {
  const { id: userId } = input.userAt(model, user)
  const taskId = input.taskIdOf(model, userId, reference)
  return {
    effect: command(DeleteTask, deleteTask, { userId, taskId }),
    expected: () => {
      const task = findTask(model, userId, taskId)
      if (isAnswer(task)) return task
      task.deletedAt = nowOf(model)
      return { value: { task: taskOf(model, task), deletedAt: task.deletedAt } }
    },
  }
}

const restoreInput = fc.record({ user: input.user, task: input.deletedTaskReference })

const restore = (model: Model, { task: reference, user }: OneInput): Plan => {
  const { id: userId } = input.userAt(model, user)
  const taskId = input.taskIdOf(model, userId, reference)
  return {
    effect: command(RestoreTask, restoreTask, { userId, taskId }),
    expected: () => {
      const id = taskId.toLowerCase()
      const task = model.tasks.find(({ fields }) => fields.id === id && fields.userId === userId)
      if (task === undefined || task.deletedAt === null) {
        const living = findTask(model, userId, taskId)
        return isAnswer(living) ? living : { refused: "NotDeleted", resource: "task" }
      }
      task.deletedAt = null
      changeTask(model, task, {})
      return { value: taskOf(model, task) }
    },
  }
}

const updateInput = fc.record({
  user: input.user,
  task: input.taskReference,
  versionAhead: input.versionRead,
  fields: fc.record(
    {
      title: input.title,
      description: input.description,
      status: input.status,
      priority: input.priority,
      dueIn: fc.option(input.dueIn),
    },
    { requiredKeys: [] },
  ),
})
type UpdateInput = typeof updateInput extends fc.Arbitrary<infer A> ? A : never

const update = (model: Model, change: UpdateInput): Plan => updateOrMerge(model, change, false)
const merge = (model: Model, change: UpdateInput): Plan => updateOrMerge(model, change, true)

const updateOrMerge = (
  model: Model,
  { fields, task: reference, user, versionAhead }: UpdateInput,
  isMerged: boolean,
): Plan => {
  const { id: userId } = input.userAt(model, user)
  const taskId = input.taskIdOf(model, userId, reference)
  const named = model.tasks.find((task) => task.fields.id === taskId.toLowerCase())
  const version = (named?.fields.version ?? 1) + versionAhead
  const raw = { userId, taskId, version, ...rawFields(model, fields) }
  return {
    effect: command<typeof UpdateTask>(UpdateTask, isMerged ? mergeInOrder : updateTask, raw),
    expected: () => {
      const refusal = refusalOf(model, fields)
      if (version < 1 || refusal === malformed) return malformed
      const task = findTask(model, userId, taskId)
      if (isAnswer(task)) return refusal ?? task
      const { version: current } = task.fields
      if (version > current) return { refused: "UnknownVersion", version, current }
      const { description, dueIn, title, ...rest } = fields
      const changes = {
        ...rest,
        ...(title !== undefined && { title: lineOf(title) as TaskTitle }),
        ...(description !== undefined && { description: description as TaskDescription | null }),
        ...(dueIn !== undefined && { dueDate: dueDateOf(model, dueIn) }),
      }
      const divergence = divergenceOf(task.history, version, current, changes)
      if (version < current && !(isMerged && divergence.isMergeable)) {
        return { refused: "StaleTaskVersion", base: version, current: taskOf(model, task), divergence }
      }
      const { dueDate = task.fields.dueDate } = changes
      if (dueDate !== task.fields.dueDate && refusal !== undefined) return refusal
      const isChange = Object.entries(changes).some(([name, value]) => Reflect.get(task.fields, name) !== value)
      if (isChange) changeTask(model, task, changes)
      const merged = version === current ? null : { base: version, onto: current, kept: divergence.changedFields }
      return { value: isMerged ? { task: taskOf(model, task), merged } : taskOf(model, task) }
    },
  }
}

/** Sorts the fields that were kept: each store reads them in an order of its own. */
const mergeInOrder = (change: UpdateTask) =>
  Effect.map(mergeTask(change), ({ merged, task }) => ({
    task,
    merged: merged && { ...merged, kept: merged.kept.toSorted() },
  }))

const listInput = fc.record(
  {
    user: input.user,
    status: input.status,
    priority: input.priority,
    category: input.categoryReference,
    dueFrom: input.dueBound,
    dueTo: input.dueBound,
    sort: input.sort,
    order: input.order,
    page: input.page,
    limit: input.limit,
  },
  { requiredKeys: ["user", "sort", "order", "page", "limit"] },
)
type ListInput = typeof listInput extends fc.Arbitrary<infer A> ? A : never

const boundOf = (model: Model, bound: ListInput["dueFrom"]): Timestamp | undefined => {
  if (bound === undefined) return undefined
  if ("in" in bound) return fromMillis(model.millis + bound.in)
  return input.nth(model.tasks, bound.ofTask)?.fields.dueDate ?? nowOf(model)
}

/** Lists without the number of the newest change, which the page may lack. */
const listPage = (list: ListTasks) => Effect.map(listTasks(list), ({ latest: _, ...page }) => page)

const list = (model: Model, { category, limit, page, priority, status, user, ...wanted }: ListInput): Plan => {
  const { id: userId } = input.userAt(model, user)
  const query: TaskQuery = {
    ...wanted,
    status: status && [status],
    priority: priority && [priority],
    ...(category !== undefined && {
      categoryId: input.categoryIdOf(model, userId, category).toLowerCase() as NonNullable<TaskQuery["categoryId"]>,
    }),
    dueFrom: boundOf(model, wanted.dueFrom),
    dueTo: boundOf(model, wanted.dueTo),
    page: page as PageNumber,
    limit: limit as PageLimit,
  }
  return {
    effect: command(ListTasks, listPage, { ...query, userId }),
    expected: () => {
      if (!isWhole(page, 1, 1_000_000_000) || !isWhole(limit, 1, 100)) return malformed
      const whole = listOf(model, userId, query)
      const data = whole.slice((page - 1) * limit, page * limit)
      return { value: { data, total: whole.length, page, limit, evaluatedAt: null } }
    },
  }
}

/** Every one of these operations, with its input and its plan. */
export const taskSteps = {
  create: { input: createInput, plan: create },
  createInVain: { input: createInput, plan: createInVain },
  get: { input: oneInput, plan: get },
  remove: { input: oneInput, plan: remove },
  restore: { input: restoreInput, plan: restore },
  update: { input: updateInput, plan: update },
  merge: { input: updateInput, plan: merge },
  list: { input: listInput, plan: list },
}
