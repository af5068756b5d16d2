import { Effect } from "effect"
import { SessionNotFound } from "../../../domain/accounts/AccountErrors.ts"
import { CategoryNameTaken, CategoryNotFound } from "../../../domain/categories/CategoryErrors.ts"
import type { CategoryId } from "../../../domain/categories/CategoryId.ts"
import { NotOwner } from "../../../domain/shared/NotOwner.ts"
import type { Page } from "../../../domain/shared/Page.ts"
import type { Timestamp } from "../../../domain/shared/Timestamp.ts"
import type { NewTask, Task } from "../../../domain/tasks/Task.ts"
import {
  CategoryAlreadyAssigned,
  DueDateNotInFuture,
  TaskNotFound,
  VersionConflict,
} from "../../../domain/tasks/TaskErrors.ts"
import type { TaskId } from "../../../domain/tasks/TaskId.ts"
import type { TaskQuery } from "../../../domain/tasks/TaskQuery.ts"
import type { Client } from "../../http/v1/client/TaskwrightClient.ts"
import type { TaskResource } from "../../http/v1/TaskResource.ts"
import type { Account } from "../Backend.ts"
import { Refused } from "../Refusals.ts"
import { toCategory, toOpenSession, toProfile, toTask } from "./FromResources.ts"
import type { refusing } from "./Refusing.ts"
import { showing } from "./ShownToken.ts"

/** The calls of a user of the server. */
export const makeRemoteAccount =
  (client: Client, answer: ReturnType<typeof refusing>) =>
  (accessToken: string): Account => {
    const shown = showing(accessToken)
    const { auth, categories, tasks, users } = client

    const createTask = (wanted: NewTask) =>
      answer(shown(tasks.createTask({ payload: createPayload(wanted) })), {
        validation_failed: invalid(wanted.dueDate),
      }).pipe(Effect.map(({ task }) => toTask(task)))

    return {
      profile: Effect.map(answer(shown(users.getMe()), {}), ({ user }) => toProfile(user)),
      logOut: Effect.asVoid(answer(shown(auth.logOut()), {})),
      listSessions: Effect.map(answer(shown(auth.listSessions()), {}), ({ data }) => data.map(toOpenSession)),
      endSession: (sessionId) =>
        Effect.asVoid(
          answer(shown(auth.endSession({ params: { session_id: sessionId } })), {
            session_not_found: () => new SessionNotFound({ sessionId }),
          }),
        ),
      createTask,
      // The wire has neither status nor categories of a new task: the importer puts them on it.
      importTask: (wanted) => createTask(wanted),
      listTasks: (query) => Effect.map(answer(shown(tasks.listTasks({ query: parameters(query) })), {}), toPage),
      getTask: (taskId) =>
        Effect.map(answer(shown(tasks.getTask({ params: { task_id: taskId } })), ofTask(taskId)), ({ task }) =>
          toTask(task),
        ),
      updateTask: (taskId, version, { dueDate, ...changes }) =>
        answer(
          shown(
            tasks.updateTask({
              params: { task_id: taskId },
              payload: { version, ...present({ ...changes, due_date: dueDate }) },
            }),
          ),
          {
            ...ofTask(taskId),
            validation_failed: invalid(dueDate),
            version_conflict: ({ current }) => new VersionConflict({ current: toTask(current) }),
          },
        ).pipe(Effect.map(({ task }) => toTask(task))),
      deleteTask: (taskId) =>
        Effect.asVoid(answer(shown(tasks.deleteTask({ params: { task_id: taskId } })), ofTask(taskId))),
      assignCategory: (taskId, categoryId) =>
        answer(shown(tasks.assignCategory({ params: { task_id: taskId, category_id: categoryId } })), {
          ...ofTask(taskId),
          ...ofCategory(categoryId),
          category_already_assigned: () => new CategoryAlreadyAssigned({ categoryId }),
        }).pipe(Effect.map(({ task }) => toTask(task))),
      removeCategory: (taskId, categoryId) =>
        Effect.asVoid(
          answer(shown(tasks.removeCategory({ params: { task_id: taskId, category_id: categoryId } })), {
            ...ofTask(taskId),
            ...ofCategory(categoryId),
          }),
        ),
      createCategory: ({ color, name }) =>
        answer(shown(categories.createCategory({ payload: { name, color } })), {
          category_name_taken: () => new CategoryNameTaken({ name }),
        }).pipe(Effect.map(({ category }) => toCategory(category))),
      listCategories: Effect.map(answer(shown(categories.listCategories()), {}), ({ data }) => data.map(toCategory)),
      deleteCategory: (categoryId) =>
        Effect.asVoid(
          answer(shown(categories.deleteCategory({ params: { category_id: categoryId } })), {
            ...ofCategory(categoryId),
            not_owner: () => new NotOwner({ resource: "category" }),
          }),
        ),
    }
  }

type Present<A> = { [Key in keyof A]: Exclude<A[Key], undefined> }

/** Without the fields that are undefined: on the wire, an absent field and null are two things. */
const present = <A extends object>(fields: A): Partial<Present<A>> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<Present<A>>

const createPayload = ({ description, dueDate, priority, title }: NewTask) => ({
  title,
  ...present({ description, due_date: dueDate, priority }),
})

const parameters = ({ categoryId, dueFrom, dueTo, ...rest }: TaskQuery) =>
  present({ ...rest, category_id: categoryId, due_from: dueFrom, due_to: dueTo })

const toPage = (answer: {
  readonly data: ReadonlyArray<TaskResource>
  readonly total: number
  readonly page: number
  readonly limit: number
}): Page<Task> => ({
  data: answer.data.map(toTask),
  total: answer.total,
  page: answer.page as Page<Task>["page"],
  limit: answer.limit as Page<Task>["limit"],
})

const ofTask = (taskId: TaskId) => ({
  task_not_found: () => new TaskNotFound({ taskId }),
  not_owner: () => new NotOwner({ resource: "task" }),
})

const ofCategory = (categoryId: CategoryId) => ({
  category_not_found: () => new CategoryNotFound({ categoryId }),
})

/** The other fields were read by the same rules before they were sent. */
const invalid =
  (dueDate: Timestamp | null | undefined) =>
  (problem: { readonly errors: ReadonlyArray<{ readonly path: string; readonly message: string }> }) =>
    typeof dueDate === "string" && problem.errors.every(({ path }) => path === "body.due_date")
      ? new DueDateNotInFuture({ dueDate })
      : new Refused({
          message: problem.errors.map(({ message, path }) => `${path.replace("body.", "")} ${message}`).join("; "),
        })
