/** Reads everything that a store contains at the end of a random walk. */
import { Effect, Result } from "effect"
import { AccountRepository } from "../../../application/accounts/AccountRepository.ts"
import { SessionRepository } from "../../../application/accounts/sessions/SessionRepository.ts"
import { CategoryRepository } from "../../../application/categories/CategoryRepository.ts"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import type { UserAccount } from "../../../domain/accounts/UserAccount.ts"
import { PageLimit, PageNumber } from "../../../domain/shared/Page.ts"
import { fromMillis } from "../../../domain/shared/Timestamp.ts"
import { SortOrder, type TaskQuery, TaskSort } from "../../../domain/tasks/TaskQuery.ts"
import { categoriesOf, listOf, type Model, taskOf } from "./Model.ts"
import type { Plan } from "./Step.ts"

const limit = PageLimit.make(100)

const queries: ReadonlyArray<TaskQuery> = TaskSort.literals.flatMap((sort) =>
  SortOrder.literals.map((order) => ({ sort, order, page: PageNumber.make(1), limit })),
)

/** Everything of the user: every list page by page, the categories, the account, and each deleted task. */
export const everythingOf = (model: Model, { id: userId }: UserAccount): Plan => {
  const deleted = model.tasks.filter(({ deletedAt, fields }) => fields.userId === userId && deletedAt !== null)
  const pages = Math.ceil((model.tasks.length + 1) / limit)
  return {
    effect: Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const lists = yield* Effect.forEach(queries, (query) =>
        Effect.map(
          Effect.forEach(
            Array.from({ length: pages }, (_, index) => PageNumber.make(index + 1)),
            (page) => tasks.list(userId, { ...query, page }),
          ),
          (all) => all.flatMap(({ data }) => data),
        ),
      )
      return {
        lists,
        categories: yield* (yield* CategoryRepository).list(userId),
        account: yield* (yield* AccountRepository).get(userId),
        deleted: yield* Effect.forEach(deleted, ({ fields }) => tasks.getDeleted(userId, fields.id)),
        hidden: yield* Effect.forEach(deleted, ({ fields }) =>
          Effect.map(Effect.result(tasks.get(userId, fields.id)), Result.isFailure),
        ),
      }
    }),
    expected: () => ({
      value: {
        lists: queries.map((query) => listOf(model, userId, query)),
        categories: categoriesOf(model, userId),
        account: model.users.find(({ id }) => id === userId),
        deleted: deleted.map((task) => ({ task: taskOf(model, task), deletedAt: task.deletedAt })),
        hidden: deleted.map(() => true),
      },
    }),
  }
}

/** The walk's revoked sessions, in no particular order. Each store dates them by its own clock. */
export const endedSessions = (model: Model): Plan => ({
  effect: Effect.flatMap(SessionRepository, (sessions) =>
    Effect.map(sessions.revokedSince(fromMillis(0)), (ids) =>
      ids.filter((id) => model.sessions.some((session) => session.id === id)).sort(),
    ),
  ),
  expected: () => ({
    value: model.sessions
      .filter(({ endedAt }) => endedAt !== null)
      .map(({ id }) => id)
      .sort(),
  }),
})
