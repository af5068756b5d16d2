/** The commands that set the status of tasks. */
import { Effect } from "effect"
import { Command } from "effect/cli"
import type { Task } from "../../../domain/tasks/Task.ts"
import type { TaskId } from "../../../domain/tasks/TaskId.ts"
import { toTaskResource } from "../../http/api/v1/TaskResource.ts"
import { resolveTasks, taskReferences } from "../arguments/TaskReference.ts"
import type { AuthenticatedBackend } from "../backend/Backend.ts"
import { withBackend } from "../backend/BackendLayer.ts"
import { taskSummary } from "../output/TaskViews.ts"
import { print } from "../RootCommand.ts"
import { rememberTask } from "../session/LastList.ts"
import { callAsUser } from "../session/SignedInUser.ts"

const statusCommand = <const Name extends string>(
  name: Name,
  set: (backend: AuthenticatedBackend, id: TaskId) => ReturnType<AuthenticatedBackend["completeTask"]>,
  wording: { readonly done: string; readonly description: string },
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
          Effect.flatMap(
            callAsUser((backend) => set(backend, id)),
            (task) => {
              changed.push(task)
              return rememberTask(task)
            },
          ),
        { discard: true },
        // Reports the changed tasks even if another task failed.
      ).pipe(Effect.ensuring(Effect.suspend(() => (changed.length === 0 ? Effect.void : report))))
    }),
  ).pipe(
    withBackend,
    Command.withDescription(wording.description),
    Command.withExamples([{ command: `taskwright ${name} 1` }, { command: `taskwright ${name} 1 2 4a5968` }]),
  )

export const start = statusCommand("start", (backend, id) => backend.startTask(id), {
  done: "Started",
  description: "Mark tasks as in progress",
})

export const done = statusCommand("done", (backend, id) => backend.completeTask(id), {
  done: "Done",
  description: "Mark tasks as completed",
})
