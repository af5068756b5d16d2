/** Connects the endpoints for tasks to their use cases. */
import { Effect } from "effect"
import { HttpApiSchema } from "effect/http-api"
import { mapResult } from "../../../../application/changes/Mutation.ts"
import { assignCategory } from "../../../../application/tasks/AssignCategory.ts"
import { createTask } from "../../../../application/tasks/CreateTask.ts"
import { deleteTask } from "../../../../application/tasks/DeleteTask.ts"
import { getTask } from "../../../../application/tasks/GetTask.ts"
import { type MergedTask, mergeTask, unmerged } from "../../../../application/tasks/MergeTask.ts"
import { removeCategory } from "../../../../application/tasks/RemoveCategory.ts"
import { restoreTask } from "../../../../application/tasks/RestoreTask.ts"
import { type UpdateTask, updateTask } from "../../../../application/tasks/UpdateTask.ts"
import type { Task } from "../../../../domain/tasks/Task.ts"
import { toMergeResource } from "../../api/v1/MergeResource.ts"
import { acceptQuery } from "../../api/v1/QueryMethod.ts"
import { fieldsOfPayload, type TaskResource, toTaskResource } from "../../api/v1/TaskResource.ts"
import type { TasksApi } from "../../api/v1/TasksApi.ts"
import { digestOf, tagOf } from "../request/EntityTags.ts"
import { HttpResponse } from "../response/HttpResponse.ts"
import { type Handlers, mutation, noContent } from "./Handlers.ts"
import type { KeptPages, PageRead } from "./KeptPages.ts"
import { checkIfMatch, checkVersion } from "./Preconditions.ts"
import { readTaskList } from "./TaskLists.ts"

/**
 * Returns the entity tag of the representation. The version alone is not enough: renaming or deleting a category
 * changes the representation of its tasks, but not their versions.
 */
const etagOf = ({ categories, version }: TaskResource): string =>
  categories.length === 0 ? `"${version}"` : `"${version}.${digestOf(JSON.stringify(categories))}"`

const taskResponse = (task: Task) => {
  const resource = toTaskResource(task)
  return HttpApiSchema.withHeaders({ body: { task: resource }, headers: { etag: etagOf(resource) } })
}

const newTaskResponse = (task: Task) => {
  const { body, headers } = taskResponse(task)
  return HttpApiSchema.withHeaders({ body, headers: { location: `/api/v1/tasks/${task.id}`, ...headers } })
}

/** Changes a task without a merge. */
const refuseConflict = (command: UpdateTask) => mapResult(unmerged, updateTask(command))

const updatedResponse = ({ merged, task }: MergedTask) => {
  const { body, headers } = taskResponse(task)
  return HttpApiSchema.withHeaders({
    body: merged === null ? body : { ...body, merged: toMergeResource(merged) },
    headers,
  })
}

/** The response has its tag already, so that a kept one is not hashed again. */
const toPageRead = ({ latest, resource }: Effect.Success<ReturnType<typeof readTaskList>>): PageRead => {
  const text = JSON.stringify(resource)
  const headers = { "content-type": "application/json", "accept-query": acceptQuery, etag: tagOf(text) }
  return { response: new HttpResponse(200, headers, text), latest }
}

export const tasksHandlers = (keptPages: KeptPages): Handlers<typeof TasksApi> => ({
  createTask: mutation(({ payload: { category_ids, ...fields } }, { identity: { userId } }) => {
    return createTask({ ...fieldsOfPayload(fields), userId, categoryIds: category_ids })
  }, newTaskResponse),
  listTasks: ({ query }, { identity: { userId }, request }) =>
    keptPages.respond(userId, request.url ?? "", Effect.map(readTaskList("query", userId, query), toPageRead)),
  queryTasks: ({ payload }, { identity: { userId } }) =>
    Effect.map(readTaskList("body", userId, payload), ({ resource }) => resource),
  getTask: Effect.fnUntraced(function* ({ params }, { identity: { userId } }) {
    return taskResponse(yield* getTask({ userId, taskId: params.task_id }))
  }),
  updateTask: mutation(({ headers, params, payload }, { identity: { userId } }) => {
    const { on_conflict, version: read, ...changes } = payload
    const change = { ...fieldsOfPayload(changes), userId, taskId: params.task_id }
    const update = on_conflict === "merge" ? mergeTask : refuseConflict
    return checkVersion(headers["if-match"], read, (version) => update({ ...change, version }))
  }, updatedResponse),
  deleteTask: mutation(({ headers, params }, { identity: { userId } }) => {
    const task = { userId, taskId: params.task_id }
    return checkIfMatch(headers["if-match"], (version) => deleteTask({ ...task, version }))
  }, noContent),
  restoreTask: mutation(({ headers, params }, { identity: { userId } }) => {
    const task = { userId, taskId: params.task_id }
    return checkIfMatch(headers["if-match"], (version) => restoreTask({ ...task, version }))
  }, taskResponse),
  assignCategory: mutation(({ headers, params }, { identity: { userId } }) => {
    const pair = { userId, taskId: params.task_id, categoryId: params.category_id }
    return checkIfMatch(headers["if-match"], (version) => assignCategory({ ...pair, version }))
  }, taskResponse),
  removeCategory: mutation(({ headers, params }, { identity: { userId } }) => {
    const pair = { userId, taskId: params.task_id, categoryId: params.category_id }
    return checkIfMatch(headers["if-match"], (version) => removeCategory({ ...pair, version }))
  }, noContent),
})
