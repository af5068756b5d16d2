/** The command that deletes tasks and lists their titles. */
import { Effect } from "effect"
import { Command } from "effect/cli"
import type { Task } from "../../../domain/tasks/Task.ts"
import { toTaskResource } from "../../http/api/v1/TaskResource.ts"
import { resolveTasks, taskReferences } from "../arguments/TaskReference.ts"
import { withBackend } from "../backend/BackendLayer.ts"
import { taskSummary } from "../output/TaskViews.ts"
import { escapeControl } from "../output/TerminalText.ts"
import { print } from "../RootCommand.ts"
import { callAsUser } from "../session/SignedInUser.ts"

export const rm = Command.make(
  "rm",
  { tasks: taskReferences },
  Effect.fnUntraced(function* (input) {
    const named = yield* resolveTasks(input.tasks)
    // Read before any deletion: a wrong reference deletes nothing, and the titles can be printed.
    const tasks = yield* Effect.forEach(named, ({ id, seen }) =>
      Effect.map(
        callAsUser((backend) => backend.getTask(id)),
        (task) => ({ task, seen }),
      ),
    )
    yield* callAsUser((backend) => backend.deleteTasks(tasks.map(({ task }) => task.id)))
    yield* report(tasks)
  }),
).pipe(
  withBackend,
  Command.withAlias("delete"),
  Command.withDescription("Delete tasks; they stay in the trash for a time"),
  Command.withExamples([{ command: "taskwright rm 3" }, { command: "taskwright rm 4a5968" }]),
)

const undoAdvice = "Take it back with: taskwright undo"

interface Deleted {
  readonly task: Task
  readonly seen: Task | null
}

const report = (deleted: ReadonlyArray<Deleted>) =>
  print(
    (style) => {
      const lines = deleted.map(({ seen, task }) => {
        const former = seen === null || seen.title === task.title ? "" : `, listed as ${escapeControl(seen.title)}`
        return `${taskSummary("Deleted", task, style)}${former}`
      })
      return [...lines, undoAdvice].join("\n")
    },
    { deleted: deleted.map(({ task }) => task.id), data: deleted.map(({ task }) => toTaskResource(task)) },
  )
