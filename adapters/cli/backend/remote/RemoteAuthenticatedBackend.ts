/** The authenticated calls, sent to a server. */
import { Effect } from "effect"
import { SessionNotFound } from "../../../../domain/accounts/AccountErrors.ts"
import type { CategoryName } from "../../../../domain/categories/Category.ts"
import { CategoryNameTaken, CategoryNotFound } from "../../../../domain/categories/CategoryErrors.ts"
import type { CategoryId } from "../../../../domain/categories/CategoryId.ts"
import { UnknownVersion } from "../../../../domain/changes/ChangeErrors.ts"
import { NotDeleted } from "../../../../domain/shared/NotDeleted.ts"
import { NotOwner } from "../../../../domain/shared/NotOwner.ts"
import type { Page } from "../../../../domain/shared/Page.ts"
import type { Timestamp } from "../../../../domain/shared/Timestamp.ts"
import type { Version } from "../../../../domain/shared/Version.ts"
import { InvalidFilter, UnknownTimeZone } from "../../../../domain/tasks/FilterErrors.ts"
import { checkCategories, type Task } from "../../../../domain/tasks/Task.ts"
import { CategoryAlreadyAssigned, DueDateNotInFuture } from "../../../../domain/tasks/TaskErrors.ts"
import type { NewTaskFields, TaskChanges } from "../../../../domain/tasks/TaskFields.ts"
import type { TaskId } from "../../../../domain/tasks/TaskId.ts"
import { type TaskResource, toPayload } from "../../../http/api/v1/TaskResource.ts"
import type { Client } from "../../../http/client/TaskwrightClient.ts"
import { CommandFailed } from "../../CliErrors.ts"
import type { AuthenticatedBackend, ListSelection } from "../Backend.ts"
import { withAccessToken } from "./AccessTokenContext.ts"
import {
  toActiveSession,
  toCategory,
  toMergedTask,
  toStaleCategoryVersion,
  toStaleTaskVersion,
  toTask,
} from "./FromResources.ts"
import type { makeMapProblems } from "./MapProblems.ts"
import { makeRemoteAccount } from "./RemoteAccounts.ts"
import { makeRemoteBatch } from "./RemoteBatch.ts"
import { makeRemoteHistory } from "./RemoteHistory.ts"
import { makeRemoteTokens } from "./RemoteTokens.ts"
import type { makeCallRemoteTool } from "./RemoteTools.ts"
import { limitOf, newTaskPayload, ofTask, present } from "./TaskPayloads.ts"

/** Builds the calls of a signed-in user of the server. */
export const makeAuthenticatedBackend =
  (client: Client, mapProblems: ReturnType<typeof makeMapProblems>, callTool: ReturnType<typeof makeCallRemoteTool>) =>
  (accessToken: string): AuthenticatedBackend => {
    const authorized = withAccessToken(accessToken)
    const { auth, categories, tasks } = client
    const { deleteTasks, importTasks, setStatuses } = makeRemoteBatch(client, mapProblems, authorized)

    const createTask = (fields: NewTaskFields, ids: ReadonlyArray<CategoryId> = []) => {
      const categoryIds = [...new Set(ids)]
      const created = mapProblems(authorized(tasks.createTask({ payload: newTaskPayload(fields, categoryIds) })), {
        validation_failed: invalid(fields.dueDate),
        // The server does not say which of them is missing.
        category_not_found: () => new CategoryNotFound({ categoryId: categoryIds[0] ?? ("" as CategoryId) }),
        not_owner: () => new NotOwner({ resource: "category" }),
        category_limit_reached: limitOf("task"),
      })
      // On the wire, too many categories are an invalid value, not a domain limit.
      return Effect.fromResult(checkCategories(categoryIds)).pipe(
        Effect.andThen(created),
        Effect.map(({ task }) => toTask(task)),
      )
    }

    const update = (taskId: TaskId, version: Version, changes: TaskChanges, onConflict: "refuse" | "merge") =>
      mapProblems(
        authorized(
          tasks.updateTask({
            params: { task_id: taskId },
            // A server of an older version does not know the member.
            payload: {
              version,
              ...(onConflict === "merge" && { on_conflict: onConflict }),
              ...present(toPayload(changes)),
            },
          }),
        ),
        {
          ...ofTask(taskId),
          validation_failed: invalid(changes.dueDate),
          version_conflict: toStaleTaskVersion,
          unknown_version: unknownVersion(version),
        },
      )

    return {
      ...makeRemoteAccount(client, mapProblems, authorized),
      callTool: (call) => authorized(callTool(call)),
      ...makeRemoteHistory(client, mapProblems, authorized),
      ...makeRemoteTokens(client, mapProblems, authorized),
      logOut: Effect.asVoid(mapProblems(authorized(auth.logOut()), {})),
      listSessions: Effect.map(mapProblems(authorized(auth.listSessions()), {}), ({ data }) =>
        data.map(toActiveSession),
      ),
      revokeSession: (sessionId) =>
        Effect.asVoid(
          mapProblems(authorized(auth.endSession({ params: { session_id: sessionId } })), {
            session_not_found: () => new SessionNotFound({ sessionId }),
          }),
        ),
      createTask: ({ categoryIds, ...fields }) => createTask(fields, categoryIds),
      importTasks,
      listTasks: (query) =>
        Effect.map(mapProblems(authorized(tasks.listTasks({ query: parameters(query) })), filterProblems), toPage),
      listTasksByCursor: ({ cursor, ...query }) =>
        Effect.map(
          mapProblems(authorized(tasks.listTasks({ query: { ...parameters(query), cursor } })), {}),
          ({ data, next_cursor }) => ({ data: data.map(toTask), nextCursor: next_cursor }),
        ),
      getTask: (taskId) =>
        Effect.map(
          mapProblems(authorized(tasks.getTask({ params: { task_id: taskId } })), ofTask(taskId)),
          ({ task }) => toTask(task),
        ),
      completeTasks: (ids) => setStatuses(ids, "completed"),
      startTasks: (ids) => setStatuses(ids, "in_progress"),
      updateTask: (taskId, version, changes) =>
        Effect.map(update(taskId, version, changes, "refuse"), ({ task }) => toTask(task)),
      mergeTask: (taskId, version, changes) => Effect.map(update(taskId, version, changes, "merge"), toMergedTask),
      deleteTasks,
      assignCategory: (taskId, categoryId) =>
        mapProblems(authorized(tasks.assignCategory({ params: { task_id: taskId, category_id: categoryId } })), {
          ...ofTask(taskId),
          ...ofCategory(categoryId),
          category_limit_reached: limitOf("task"),
          category_already_assigned: () => new CategoryAlreadyAssigned({ categoryId }),
        }).pipe(Effect.map(({ task }) => toTask(task))),
      removeCategory: (taskId, categoryId) =>
        Effect.asVoid(
          mapProblems(authorized(tasks.removeCategory({ params: { task_id: taskId, category_id: categoryId } })), {
            ...ofTask(taskId),
            ...ofCategory(categoryId),
          }),
        ),
      createCategory: ({ color, name }) =>
        mapProblems(authorized(categories.createCategory({ payload: { name, color } })), {
          category_limit_reached: limitOf("user"),
          category_name_taken: () => new CategoryNameTaken({ name }),
        }).pipe(Effect.map(({ category }) => toCategory(category))),
      listCategories: Effect.map(mapProblems(authorized(categories.listCategories()), {}), ({ data }) =>
        data.map(toCategory),
      ),
      updateCategory: (categoryId, version, changes) =>
        mapProblems(
          authorized(
            categories.updateCategory({
              params: { category_id: categoryId },
              payload: { version, ...present(changes) },
            }),
          ),
          {
            ...ofOwnCategory(categoryId),
            category_name_taken: () => new CategoryNameTaken({ name: changes.name ?? ("" as CategoryName) }),
            version_conflict: toStaleCategoryVersion,
            unknown_version: unknownVersion(version),
          },
        ).pipe(Effect.map(({ category }) => toCategory(category))),
      restoreCategory: (categoryId) =>
        mapProblems(authorized(categories.restoreCategory({ params: { category_id: categoryId } })), {
          ...ofOwnCategory(categoryId),
          not_deleted: () => new NotDeleted({ resource: "category" }),
          category_limit_reached: limitOf("user"),
          // The server does not say which name it is.
          category_name_taken: () => new CategoryNameTaken({ name: "" as CategoryName }),
        }).pipe(Effect.map(({ category }) => toCategory(category))),
      deleteCategory: (categoryId) =>
        Effect.asVoid(
          mapProblems(
            authorized(categories.deleteCategory({ params: { category_id: categoryId } })),
            ofOwnCategory(categoryId),
          ),
        ),
    }
  }

const parameters = <Query extends ListSelection>({ categoryId, dueFrom, dueTo, timeZone, ...rest }: Query) =>
  present({ ...rest, category_id: categoryId, due_from: dueFrom, due_to: dueTo, time_zone: timeZone })

const filterProblems = {
  invalid_filter: ({ errors: [mistake] }: FilterProblem) =>
    new InvalidFilter({
      position: mistake?.position ?? 0,
      expected: mistake?.expected ?? [],
      reason: mistake?.message ?? "cannot be read",
    }),
  unknown_time_zone: () => new UnknownTimeZone(),
}

interface FilterProblem {
  readonly errors: ReadonlyArray<{
    readonly position: number
    readonly expected: ReadonlyArray<string>
    readonly message: string
  }>
}

const toPage = (response: {
  readonly data: ReadonlyArray<TaskResource>
  readonly total: number
  readonly page: number
  readonly limit: number
}): Page<Task> => ({
  data: response.data.map(toTask),
  total: response.total,
  page: response.page as Page<Task>["page"],
  limit: response.limit as Page<Task>["limit"],
})

const ofCategory = (categoryId: CategoryId) => ({
  category_not_found: () => new CategoryNotFound({ categoryId }),
})

const unknownVersion = (version: Version) => (problem: { readonly current_version: number }) =>
  new UnknownVersion({ version, current: problem.current_version as Version })

const ofOwnCategory = (categoryId: CategoryId) => ({
  ...ofCategory(categoryId),
  not_owner: () => new NotOwner({ resource: "category" }),
})

/** The other fields were validated by the same rules before the request was sent. */
const invalid =
  (dueDate: Timestamp | null | undefined) =>
  (problem: { readonly errors: ReadonlyArray<{ readonly path: string; readonly message: string }> }) =>
    typeof dueDate === "string" && problem.errors.every(({ path }) => path === "body.due_date")
      ? new DueDateNotInFuture({ dueDate })
      : new CommandFailed({
          message: problem.errors.map(({ message, path }) => `${path.replace("body.", "")} ${message}`).join("; "),
        })
