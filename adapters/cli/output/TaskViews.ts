/** Formats tasks for people: a list, one task, and a change. */
import type { Field, TaskValues } from "../../../domain/changes/EntityState.ts"
import type { Page } from "../../../domain/shared/Page.ts"
import type { Task } from "../../../domain/tasks/Task.ts"
import { shortIds } from "../ShortId.ts"
import { dateTime, dueDate } from "./Dates.ts"
import type { Style } from "./Style.ts"
import { table, withFooter } from "./Table.ts"
import { escapeControl, escapeControlLines, forPeople, pluralize } from "./TerminalText.ts"

/** The words for a status. */
export const statusWords = { pending: "pending", in_progress: "started", completed: "done" } as const

const categoryNames = (task: Task): string => task.categories.map(({ name }) => escapeControl(name)).join(", ")

const isOverdue = (task: Task, { now }: Style): boolean =>
  task.dueDate !== null && task.status !== "completed" && task.dueDate <= now.toISOString()

/** How the rows of a list are named. */
interface Numbering {
  /** Whether the list is remembered: then it has numbers that the next commands accept. */
  readonly isNumbered: boolean
}

/** Formats tasks, one a row. In a pipe: id, status, priority, due date, title and categories, between tabs. */
const taskRows = (data: ReadonlyArray<Task>, style: Style, { isNumbered }: Numbering): string => {
  const of = (row: number): Task | undefined => data[row]
  return table(
    [
      ...(isNumbered ? [{ header: "#", cells: data.map((_, index) => String(index + 1)), isForTerminals: true }] : []),
      {
        header: "ID",
        cells: shortIds(data.map(({ id }) => id)),
        plain: data.map(({ id }) => id),
        // Without numbers, the ids name the tasks.
        rank: isNumbered ? 3 : 0,
        paint: style.dim,
      },
      {
        header: "STATUS",
        cells: data.map(({ status }) => statusWords[status]),
        plain: data.map(({ status }) => status),
        rank: 1,
        paint: (text, row) =>
          of(row)?.status === "completed"
            ? style.green(text)
            : of(row)?.status === "in_progress"
              ? style.yellow(text)
              : text,
      },
      {
        header: "PRIORITY",
        cells: data.map(({ priority }) => priority),
        rank: 2,
        paint: (text, row) => (of(row)?.priority === "high" ? style.red(text) : text),
      },
      {
        header: "DUE",
        cells: data.map((task) => dueDate(task.dueDate, style)),
        plain: data.map((task) => task.dueDate ?? ""),
        paint: (text, row) => {
          const task = of(row)
          return task !== undefined && isOverdue(task, style) ? style.red(text) : text
        },
      },
      { header: "TITLE", cells: data.map(({ title }) => escapeControl(title)), isFlexible: true },
      { header: "CATEGORIES", cells: data.map(categoryNames), rank: 4, isFlexible: true },
    ],
    style,
  )
}

/** Formats a page of tasks. */
export const taskTable = ({ data, limit, page, total }: Page<Task>, style: Style, numbering: Numbering): string => {
  if (data.length === 0) {
    return forPeople(total === 0 ? "No tasks." : `No tasks on page ${page}; there are ${total}.`, style)
  }
  const pages = Math.ceil(total / limit)
  const footer =
    pages > 1 || page > 1 ? `Page ${page} of ${pages}, ${total} tasks in all` : pluralize(total, "task", "tasks")
  return withFooter(taskRows(data, style, numbering), footer, style)
}

/** Formats the tasks that are overdue or due today. */
export const dueToday = (
  { tasks, total }: { readonly tasks: ReadonlyArray<Task>; readonly total: number },
  style: Style,
  numbering: Numbering,
): string => {
  if (tasks.length === 0) return forPeople("Nothing is due today.", style)
  const overdue = tasks.filter((task) => isOverdue(task, style)).length
  const counts = [
    ...(overdue > 0 ? [`${overdue} overdue`] : []),
    ...(overdue < tasks.length ? [`${tasks.length - overdue} due today`] : []),
    ...(total > tasks.length ? [`and ${total - tasks.length} more`] : []),
  ]
  return withFooter(taskRows(tasks, style, numbering), counts.join(", "), style)
}

/** Formats all fields of one task. */
export const taskDetails = (task: Task, style: Style): string => {
  const lines: ReadonlyArray<readonly [string, string]> = [
    ["Id", task.id],
    ["Status", statusWords[task.status]],
    ["Priority", task.priority],
    ["Due", dueDate(task.dueDate, style) || "no date"],
    ["Categories", categoryNames(task) || "none"],
    ["Version", String(task.version)],
    ["Created", dateTime(task.createdAt, style)],
    ["Changed", dateTime(task.updatedAt, style)],
  ]
  const description = task.description === null ? "" : `\n\n${escapeControlLines(task.description)}`
  return `${style.bold(escapeControl(task.title))}\n${lines.map(([name, value]) => `${style.dim(name.padEnd(11))}${value}`).join("\n")}${description}`
}

/** Formats a change to a task in one line. */
export const taskSummary = (what: string, task: Task, style: Style): string => {
  const due = dueDate(task.dueDate, style)
  return `${what} ${style.dim(task.id)} ${escapeControl(task.title)}${due === "" ? "" : ` (due ${due})`}`
}

/** A field as people read it: its name, and how the value of a task is printed. */
type FieldView = readonly [name: string, of: (task: Task) => string]

/** How each recorded field is printed. */
export const fieldViews = (style: Style): { readonly [Name in Field<TaskValues>]: FieldView } => ({
  title: ["title", ({ title }) => escapeControl(title)],
  description: ["description", ({ description }) => (description === null ? "none" : escapeControl(description))],
  status: ["status", ({ status }) => statusWords[status]],
  priority: ["priority", ({ priority }) => priority],
  dueDate: ["due", (task) => dueDate(task.dueDate, style) || "no date"],
  categoryIds: ["categories", (task) => categoryNames(task) || "none"],
})
