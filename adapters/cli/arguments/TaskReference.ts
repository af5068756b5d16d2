/** Resolves the tasks that a command names: by number in the terminal's last list, by id, or by part of an id. */
import { Console, Effect } from "effect"
import { Argument } from "effect/cli"
import type { Task } from "../../../domain/tasks/Task.ts"
import type { TaskId } from "../../../domain/tasks/TaskId.ts"
import { InvalidInput, NotFound } from "../CliErrors.ts"
import { truncate } from "../output/Table.ts"
import { escapeControl } from "../output/TerminalText.ts"
import { isNamedBy, isShortId, shortestEnd, shortIds } from "../ShortId.ts"
import { lastList } from "../session/LastList.ts"
import { forEachTaskPage } from "../transfer/PageThroughTasks.ts"

/** A task that a command names. If it is named by its number, its state as the user last saw it is included. */
export interface NamedTask {
  readonly id: TaskId
  readonly seen: Task | null
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const number = /^\d{1,3}$/

/** The maximum number of tasks searched for a part of an id, and of matches that an error lists. */
const maximumTasks = 10_000
const maximumCandidates = 5
const candidateWidth = 40
/** The maximum number of tasks that one command takes. */
const maximumReferences = 100

/** The argument that names a task. */
export const taskReference = Argument.String("task").pipe(
  Argument.withDescription(
    `The task's number in the list that this terminal showed last, its id, or the last ${shortestEnd} or more characters of it`,
  ),
)

/** The argument that names one task or more. */
export const taskReferences = taskReference.pipe(Argument.between(1, maximumReferences))

/**
 * Finds the tasks; a task that is named twice is returned once. Fails before any change if a reference matches no task,
 * or more than one.
 */
export const resolveTasks = Effect.fnUntraced(function* (references: ReadonlyArray<string>) {
  const texts = references.map((reference) => reference.trim().toLowerCase())
  const wrong = texts.findIndex((text) => !number.test(text) && !uuid.test(text) && !isShortId(text))
  if (wrong >= 0) {
    const message = `"${references[wrong]}" names no task. Give its number in the last list, or the last ${shortestEnd} or more characters of its id.`
    return yield* new InvalidInput({ message })
  }
  const list = yield* lastList
  const shown = list ?? []
  const parts = texts.filter((text) => !number.test(text) && !uuid.test(text))
  // Tasks that were shown take precedence, so the other tasks are searched for the remaining parts alone.
  const elsewhere = parts.filter((part) => !shown.some(({ id }) => isNamedBy(id, part)))
  const fitting = elsewhere.length === 0 ? shown : [...shown, ...(yield* findFitting(elsewhere))]
  const named = yield* Effect.forEach(texts, (text) => resolve(text, list, fitting))
  return named.filter(({ id }, index) => named.findIndex((other) => other.id === id) === index)
})

export const resolveTask = (reference: string) =>
  Effect.flatMap(resolveTasks([reference]), ([task]) =>
    task === undefined ? Effect.die(new Error("a reference resolves to a task")) : Effect.succeed(task),
  )

const resolve = (
  text: string,
  list: ReadonlyArray<Task> | null,
  tasks: ReadonlyArray<Task>,
): Effect.Effect<NamedTask, InvalidInput | NotFound> => {
  if (number.test(text)) {
    const task = list?.[Number(text) - 1]
    if (task !== undefined) return Effect.succeed({ id: task.id, seen: task })
    const reason = list === null ? "This terminal has shown no list lately" : `The last list has no task number ${text}`
    return Effect.fail(new NotFound({ message: `${reason}. Run: taskwright list` }))
  }
  if (uuid.test(text)) return Effect.succeed({ id: text as TaskId, seen: null })
  const [found, ...others] = tasks.filter(({ id }) => isNamedBy(id, text))
  if (found === undefined) {
    return Effect.fail(new NotFound({ message: `No task of yours has an id that ends with ${text}.` }))
  }
  return others.length > 0
    ? Effect.fail(new InvalidInput({ message: ambiguous(text, [found, ...others]) }))
    : Effect.succeed({ id: found.id, seen: null })
}

const ambiguous = (text: string, tasks: ReadonlyArray<Task>): string => {
  const ids = shortIds(tasks.map(({ id }) => id))
  const told = tasks
    .slice(0, maximumCandidates)
    .map(({ title }, index) => `${ids[index]} "${truncate(escapeControl(title), candidateWidth)}"`)
  const rest = tasks.length > maximumCandidates ? `, or ${tasks.length - maximumCandidates} more` : ""
  return `${text} names more than one task: ${told.join(", ")}${rest}. Give more characters.`
}

/** Returns the user's tasks with an id that matches any of the parts. */
const findFitting = Effect.fnUntraced(function* (parts: ReadonlyArray<string>) {
  const found: Array<Task> = []
  yield* forEachTaskPage(
    (tasks, total) => {
      found.push(...tasks.filter(({ id }) => parts.some((part) => isNamedBy(id, part))))
      const message = `You have ${total} tasks, too many to look through: list the task and give its number, or give its whole id.`
      return total > maximumTasks ? Effect.fail(new InvalidInput({ message })) : Effect.void
    },
    (seconds) => Console.error(`taskwright: waiting ${seconds} seconds for the server's rate limit`),
  )
  return found
})
