import { Effect } from "effect"
import { Argument, Command } from "effect/cli"
import type { TaskStatus } from "../../../domain/tasks/Task.ts"
import type { TaskId } from "../../../domain/tasks/TaskId.ts"
import { toTaskResource } from "../../http/v1/TaskResource.ts"
import { connected } from "../Connection.ts"
import { rememberTask } from "../LastList.ts"
import { taskLine } from "../output/TaskViews.ts"
import { asUser } from "../SigningIn.ts"
import { resolveTask, taskReference } from "../TaskReference.ts"
import { print } from "../Taskwright.ts"

/** How many tasks one command takes, and how often a status is set anew where somebody came between. */
const maximumTasks = 100
export const tasksReference = taskReference.pipe(Argument.between(1, maximumTasks))
const attempts = 5

/** Sets the status whatever else was changed meanwhile: it does not hang on the other fields. */
const setStatus = (id: TaskId, status: TaskStatus) =>
  Effect.gen(function* () {
    const task = yield* asUser((account) => account.getTask(id))
    if (task.status === status) return task
    return yield* asUser((account) => account.updateTask(id, task.version, { status }))
  }).pipe(Effect.retry({ times: attempts, while: (error) => error._tag === "VersionConflict" }))

const statusCommand = <const Name extends string>(
  name: Name,
  wording: { readonly status: TaskStatus; readonly done: string; readonly description: string },
) =>
  Command.make(
    name,
    { tasks: tasksReference },
    Effect.fnUntraced(function* (input) {
      const named = yield* Effect.forEach(input.tasks, resolveTask)
      const tasks = yield* Effect.forEach(named, ({ id }) =>
        Effect.tap(setStatus(id, wording.status), (task) => rememberTask(task)),
      )
      yield* print((style) => tasks.map((task) => taskLine(wording.done, task, style)).join("\n"), {
        data: tasks.map(toTaskResource),
      })
    }),
  ).pipe(
    connected,
    Command.withDescription(wording.description),
    Command.withExamples([{ command: `taskwright ${name} 1` }, { command: `taskwright ${name} 1 2 0193a5ae` }]),
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
