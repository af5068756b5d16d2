/** The commands that set the status of tasks. */
import { Effect } from "effect"
import { Command } from "effect/cli"
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
  set: (backend: AuthenticatedBackend, ids: ReadonlyArray<TaskId>) => ReturnType<AuthenticatedBackend["completeTasks"]>,
  wording: { readonly done: string; readonly description: string },
) =>
  Command.make(
    name,
    { tasks: taskReferences },
    Effect.fnUntraced(function* (input) {
      const named = yield* resolveTasks(input.tasks)
      const ids = named.map(({ id }) => id)
      const changed = yield* callAsUser((backend) => set(backend, ids))
      yield* Effect.forEach(changed, rememberTask, { discard: true })
      yield* print((style) => changed.map((task) => taskSummary(wording.done, task, style)).join("\n"), {
        data: changed.map(toTaskResource),
      })
    }),
  ).pipe(
    withBackend,
    Command.withDescription(wording.description),
    Command.withExamples([{ command: `taskwright ${name} 1` }, { command: `taskwright ${name} 1 2 4a5968` }]),
  )

export const start = statusCommand("start", (backend, ids) => backend.startTasks(ids), {
  done: "Started",
  description: "Mark tasks as in progress",
})

export const done = statusCommand("done", (backend, ids) => backend.completeTasks(ids), {
  done: "Done",
  description: "Mark tasks as completed",
}).pipe(Command.withAlias("complete"))
