import { Effect } from "effect"
import { HttpApiSchema } from "effect/http-api"
import { assignCategory } from "../../../application/tasks/AssignCategory.ts"
import { createTask } from "../../../application/tasks/CreateTask.ts"
import { deleteTask } from "../../../application/tasks/DeleteTask.ts"
import { getTask } from "../../../application/tasks/GetTask.ts"
import { listTasks } from "../../../application/tasks/ListTasks.ts"
import { removeCategory } from "../../../application/tasks/RemoveCategory.ts"
import { updateTask } from "../../../application/tasks/UpdateTask.ts"
import { defaultPageLimit, firstPage } from "../../../domain/shared/Page.ts"
import type { Task } from "../../../domain/tasks/Task.ts"
import { CurrentIdentity } from "./Authentication.ts"
import type { Handlers } from "./Handlers.ts"
import { orProblem } from "./Problems.ts"
import { toTaskResource } from "./TaskResource.ts"
import type { TasksApi } from "./TasksApi.ts"

const etagOf = (task: Task) => `"${task.version}"`

const taskAnswer = (task: Task) =>
  HttpApiSchema.withHeaders({ body: { task: toTaskResource(task) }, headers: { etag: etagOf(task) } })

export const tasksHandlers: Handlers<typeof TasksApi> = {
  createTask: Effect.fnUntraced(function* ({ payload }) {
    const { userId } = yield* CurrentIdentity
    const task = yield* orProblem(createTask({ ...payload, userId, dueDate: payload.due_date }))
    return HttpApiSchema.withHeaders({
      body: { task: toTaskResource(task) },
      headers: { location: `/api/v1/tasks/${task.id}`, etag: etagOf(task) },
    })
  }),
  listTasks: Effect.fnUntraced(function* ({ query }) {
    const { userId } = yield* CurrentIdentity
    const { data, limit, page, total } = yield* listTasks({
      userId,
      status: query.status,
      priority: query.priority,
      categoryId: query.category_id,
      dueFrom: query.due_from,
      dueTo: query.due_to,
      sort: query.sort ?? "created_at",
      order: query.order ?? "desc",
      page: query.page ?? firstPage,
      limit: query.limit ?? defaultPageLimit,
    })
    return { data: data.map(toTaskResource), total, page, limit }
  }),
  getTask: Effect.fnUntraced(function* ({ params }) {
    const { userId } = yield* CurrentIdentity
    return taskAnswer(yield* orProblem(getTask({ userId, taskId: params.task_id })))
  }),
  updateTask: Effect.fnUntraced(function* ({ params, payload }) {
    const { userId } = yield* CurrentIdentity
    const { due_date, ...changes } = payload
    return taskAnswer(yield* orProblem(updateTask({ ...changes, userId, taskId: params.task_id, dueDate: due_date })))
  }),
  deleteTask: Effect.fnUntraced(function* ({ params }) {
    const { userId } = yield* CurrentIdentity
    yield* orProblem(deleteTask({ userId, taskId: params.task_id }))
  }),
  assignCategory: Effect.fnUntraced(function* ({ params }) {
    const { userId } = yield* CurrentIdentity
    return taskAnswer(
      yield* orProblem(assignCategory({ userId, taskId: params.task_id, categoryId: params.category_id })),
    )
  }),
  removeCategory: Effect.fnUntraced(function* ({ params }) {
    const { userId } = yield* CurrentIdentity
    yield* orProblem(removeCategory({ userId, taskId: params.task_id, categoryId: params.category_id }))
  }),
}
