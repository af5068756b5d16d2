/** The writes of several users at once, and what the parts of the suite read of them. */
import type { PgClient } from "@effect/sql-pg"
import { Effect, type Layer, References } from "effect"
import type * as PostgresRepositories from "../../../../adapters/postgres/PostgresRepositories.ts"
import { ChangeRepository } from "../../../../application/changes/ChangeRepository.ts"
import { CurrentMutation, type Mutation } from "../../../../application/changes/Mutation.ts"
import type { UnitOfWork } from "../../../../application/shared/UnitOfWork.ts"
import { TaskRepository } from "../../../../application/tasks/TaskRepository.ts"
import type { UserId } from "../../../../domain/accounts/UserId.ts"
import type { Change } from "../../../../domain/changes/Change.ts"
import type { Task } from "../../../../domain/tasks/Task.ts"
import { TaskDescription, TaskTitle } from "../../../../domain/tasks/TaskFields.ts"
import { at, keepUser } from "../../../support/entities.ts"
import { measuredStatements } from "../../../support/metrics.ts"

/** What the suite needs. */
export type Stores =
  | ChangeRepository
  | PgClient.PgClient
  | TaskRepository
  | UnitOfWork
  | Layer.Success<typeof PostgresRepositories.layer>

/** Each statement of the repositories is a request of its own to this test, without a trace. */
export const untraced = Effect.provideService(References.TracerEnabled, false)

export const insert = (task: Task, mutation: Partial<Mutation> = {}) =>
  Effect.gen(function* () {
    const tasks = yield* TaskRepository
    const current = yield* CurrentMutation
    return yield* Effect.provideService(tasks.insert(task), CurrentMutation, { ...current, ...mutation })
  })

export const together = <A, E, R>(effects: ReadonlyArray<Effect.Effect<A, E, R>>) =>
  untraced(Effect.all(effects.map(Effect.exit), { concurrency: "unbounded" }))

const names = [
  "tasks.select_by_id",
  "tasks.select_by_ids",
  "tasks.insert",
  "tasks.update_fields",
  "tasks.mark_deleted",
  "tasks.mark_version_deleted",
  "changes.select_latest",
]
export const statements = Effect.sync(() =>
  names.reduce((sum, name) => sum + (measuredStatements().get(name)?.count ?? 0), 0),
)

export const users = (count: number) => Effect.all(Array.from({ length: count }, () => keepUser))

export const changesOf = (userId: UserId) =>
  Effect.flatMap(ChangeRepository, (changes) => changes.readAfter(userId, null, ["task", "category"], 100)).pipe(
    Effect.map((page) => page.changes),
  )

export const withoutIds = ({ batchId, entityId, id, ...rest }: Change) => rest

export const texts: Partial<Task> = {
  title: TaskTitle.make('Gieße "alle" \\Blumen\\ 🌱'),
  description: TaskDescription.make("two\nlines, and a 'quote'"),
  status: "in_progress",
  priority: "high",
  dueDate: at(3600),
}
