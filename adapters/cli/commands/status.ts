/** The commands that set the status of tasks. */
import { Effect } from "effect"
import { Command } from "effect/cli"
import type { Task, TaskStatus } from "../../../domain/tasks/Task.ts"
import type { TaskId } from "../../../domain/tasks/TaskId.ts"
import { toTaskResource } from "../../http/api/v1/TaskResource.ts"
import { resolveTasks, taskReferences } from "../arguments/TaskReference.ts"
import { withBackend } from "../backend/BackendLayer.ts"
import { taskSummary } from "../output/TaskViews.ts"
import { print } from "../RootCommand.ts"
import { rememberTask } from "../session/LastList.ts"
import { callAsUser } from "../session/SignedInUser.ts"

/** The maximum number of retries if the task was changed concurrently. */
const attempts = 5

/** Sets the status whatever else was changed concurrently: the status does not depend on the other fields. */
const setStatus = (id: TaskId, status: TaskStatus) =>
  Effect.gen(function* () {
    const task = yield* callAsUser((backend) => backend.getTask(id))
    if (task.status === status) return task
    return yield* callAsUser((backend) => backend.updateTask(id, task.version, { status }))
  }).pipe(Effect.retry({ times: attempts, while: (error) => error._tag === "VersionConflict" }))

const statusCommand = <const Name extends string>(
  name: Name,
  wording: { readonly status: TaskStatus; readonly done: string; readonly description: string },
) =>
  Command.make(
    name,
    { tasks: taskReferences },
    Effect.fnUntraced(function* (input) {
      const named = yield* resolveTasks(input.tasks)
      const changed: Array<Task> = []
      const report = Effect.suspend(() =>
        print((style) => changed.map((task) => taskSummary(wording.done, task, style)).join("\n"), {
          data: changed.map(toTaskResource),
        }),
      )
      yield* Effect.forEach(
        named,
        ({ id }) =>
          Effect.flatMap(setStatus(id, wording.status), (task) => {
            changed.push(task)
            return rememberTask(task)
          }),
        { discard: true },
        // Reports the changed tasks even if another task failed.
      ).pipe(Effect.ensuring(Effect.suspend(() => (changed.length === 0 ? Effect.void : report))))
    }),
  ).pipe(
    withBackend,
    Command.withDescription(wording.description),
    Command.withExamples([{ command: `taskwright ${name} 1` }, { command: `taskwright ${name} 1 2 4a5968` }]),
  )

export const start = statusCommand("start", {
  status: "in_progress",
  done: "Started",
  description: "Mark tasks as in progress",
})

export const done = statusCommand("done", {
  status: "completed",
  done: "Done",
  description: "Mark tasks as completed",
})
