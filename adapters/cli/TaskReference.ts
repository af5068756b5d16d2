import { Effect } from "effect"
import { Argument } from "effect/cli"
import type { Task } from "../../domain/tasks/Task.ts"
import type { TaskId } from "../../domain/tasks/TaskId.ts"
import { lastList } from "./LastList.ts"
import { InvalidInput, NothingFound } from "./Refusals.ts"
import { findByPrefix, shortestPrefix } from "./TaskPrefix.ts"

/** A task as a command names it, and its state as the user saw it last in a list, where it was in one. */
export interface NamedTask {
  readonly id: TaskId
  readonly seen: Task | null
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const beginning = /^[0-9a-f][0-9a-f-]*$/

/** The argument that names a task. */
export const taskReference = Argument.String("task").pipe(
  Argument.withDescription("The task's number in the last list, its id, or 4 or more characters of its id's beginning"),
)

/** Finds the task that was named by its number in the last list, its id, or a beginning of its id that no other has. */
export const resolveTask = Effect.fnUntraced(function* (reference: string) {
  const text = reference.trim().toLowerCase()
  if (/^\d{1,3}$/.test(text)) {
    const task = (yield* lastList)[Number(text) - 1]
    if (task !== undefined) return { id: task.id, seen: task } satisfies NamedTask
    return yield* Effect.fail(
      new NothingFound({ message: `The last list has no task number ${text}. Run: taskwright list` }),
    )
  }
  if (uuid.test(text)) return { id: text as TaskId, seen: null } satisfies NamedTask
  if (beginning.test(text) && text.length >= shortestPrefix) {
    return { id: (yield* findByPrefix(text)).id, seen: null } satisfies NamedTask
  }
  const message = `"${reference}" names no task. Give its number in the last list, or ${shortestPrefix} or more characters of its id.`
  return yield* Effect.fail(new InvalidInput({ message }))
})
