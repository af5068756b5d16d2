/** Formats histories, undos and the trash for people. */
import type { UndoOutcome } from "../../../application/changes/UndoChanges.ts"
import type { TrashedTask } from "../../../application/tasks/ListTrash.ts"
import type { Category } from "../../../domain/categories/Category.ts"
import type { CategoryId } from "../../../domain/categories/CategoryId.ts"
import type { Change } from "../../../domain/changes/Change.ts"
import type { UndoObstacle } from "../../../domain/changes/UndoPlan.ts"
import { shortestEnd, shortIds } from "../ShortId.ts"
import { fieldList } from "./Conflicts.ts"
import { dateTime, dueDate } from "./Dates.ts"
import type { Style } from "./Style.ts"
import { table } from "./Table.ts"
import { statusWords } from "./TaskViews.ts"
import { escapeControl, forPeople, pluralize } from "./TerminalText.ts"

/** The names of the user's categories, as far as they are known. */
export type CategoryNames = ReadonlyMap<CategoryId, Category["name"]>

const endOf = (id: string): string => id.slice(-shortestEnd)

const operationWords = {
  created: "added",
  updated: "changed",
  deleted: "deleted",
  restored: "restored",
  purged: "destroyed for good",
} as const

/** Returns how a field was changed; nothing if it was not. */
const line = <V>(name: string, from: V | undefined, to: V | undefined, of: (value: V) => string) =>
  from === undefined || to === undefined ? [] : [`${name}: ${of(from)} -> ${of(to)}`]

/** Returns what was changed, in one line. */
export const describeChange = (change: Change, names: CategoryNames, style: Style): string => {
  const { op, undoes } = change
  const what = change.entity === "task" ? ofTask(change, names, style) : ofCategory(change)
  const values = what.length === 0 ? operationWords[op] : what.join(", ")
  const described = op === "created" || op === "updated" ? values : [operationWords[op], ...what].join(", ")
  return undoes === null ? described : `undo: ${described}`
}

const ofTask = (
  { after, before, op }: Extract<Change, { readonly entity: "task" }>,
  names: CategoryNames,
  style: Style,
): ReadonlyArray<string> => {
  if (after === null) return []
  if (op === "created") return after.title === undefined ? [] : [`added ${escapeControl(after.title)}`]
  const fields = [
    ...line("title", before?.title, after.title, escapeControl),
    ...line("description", before?.description, after.description, (text) =>
      text === null ? "none" : escapeControl(text),
    ),
    ...line("status", before?.status, after.status, (status) => statusWords[status]),
    ...line("priority", before?.priority, after.priority, (priority) => priority),
    ...line("due", before?.dueDate, after.dueDate, (date) => dueDate(date, style) || "no date"),
  ]
  const [had = [], has = []] = [before?.categoryIds, after.categoryIds]
  const nameOf = (id: CategoryId) => escapeControl(names.get(id) ?? endOf(id))
  const added = has.filter((id) => !had.includes(id)).map((id) => `+${nameOf(id)}`)
  const removed = had.filter((id) => !has.includes(id)).map((id) => `-${nameOf(id)}`)
  const categories = [...added, ...removed]
  return categories.length === 0 ? fields : [...fields, `categories: ${categories.join(" ")}`]
}

const ofCategory = ({ after, before, op }: Extract<Change, { readonly entity: "category" }>): ReadonlyArray<string> => {
  if (after === null) return []
  if (op === "created") return after.name === undefined ? [] : [`added ${escapeControl(after.name)}`]
  return [
    ...line("name", before?.name, after.name, escapeControl),
    ...line("colour", before?.color, after.color, (color) => color ?? "none"),
  ]
}

const actorOf = ({ actor }: Change): string => escapeControl(actor.name ?? actor.kind)

/** Formats changes, the newest first. The history of one task does not name the task in each row. */
export const historyTable = (
  changes: ReadonlyArray<Change>,
  names: CategoryNames,
  style: Style,
  { isOfOneTask }: { readonly isOfOneTask: boolean },
): string =>
  changes.length === 0
    ? forPeople("No changes.", style)
    : table(
        [
          {
            header: "CHANGE",
            cells: shortIds(changes.map(({ id }) => id)),
            plain: changes.map(({ id }) => id),
            paint: style.dim,
          },
          {
            header: "WHEN",
            cells: changes.map(({ at }) => dateTime(at, style)),
            plain: changes.map(({ at }) => at),
            rank: 1,
          },
          ...(isOfOneTask
            ? []
            : [
                {
                  header: "OF",
                  cells: changes.map(({ entity, entityId }) => `${entity} ${endOf(entityId)}`),
                  plain: changes.map(({ entity, entityId }) => `${entity} ${entityId}`),
                  rank: 2,
                },
              ]),
          { header: "WHAT", cells: changes.map((change) => describeChange(change, names, style)), isFlexible: true },
          { header: "BY", cells: changes.map(actorOf), rank: 3, isFlexible: true },
        ],
        style,
      )

const reasonWords = {
  changed: "was changed since",
  deleted_again: "was restored and deleted again",
  in_use: "is on other tasks",
  name_taken: "had a name that is taken now",
  category_gone: "had categories that are deleted",
  purged: "is gone for good",
  expired: "is gone for good",
} as const satisfies Readonly<Record<UndoObstacle["reason"], string>>

const fieldsOf = (obstacle: UndoObstacle): string =>
  obstacle.entity === "task" ? fieldList(obstacle.fields) : obstacle.fields.join(", ")

/** Returns what is in the way of an undo, in one line. */
export const describeObstacle = (obstacle: UndoObstacle): string => {
  const fields = fieldsOf(obstacle)
  const by = obstacle.by === null ? "" : `, by ${escapeControl(obstacle.by.name ?? obstacle.by.kind)}`
  return `${obstacle.entity} ${endOf(obstacle.entityId)} ${reasonWords[obstacle.reason]}${fields === "" ? "" : ` (${fields})`}${by}`
}

/** The maximum number of obstacles that a one-line message names. */
const maximumObstacles = 3

/** Returns why nothing was taken back, in one line. */
export const describeBlocked = (blocked: ReadonlyArray<UndoObstacle>): string => {
  const told = blocked.slice(0, maximumObstacles).map(describeObstacle).join("; ")
  return blocked.length > maximumObstacles ? `${told}; and ${blocked.length - maximumObstacles} more` : told
}

/** Formats what an undo did or, after a dry run, would do. */
export const undoReport = ({ batchId, skipped, undone }: UndoOutcome, style: Style, isDryRun: boolean): string => {
  const lines = skipped.map((obstacle) => `Left: ${describeObstacle(obstacle)}`)
  if (undone.length === 0) return [...lines, "Nothing to take back: it was taken back before."].join("\n")
  const ofEntity = (entity: "task" | "category") => undone.filter((each) => each.entity === entity).length
  const counts = [
    ...(ofEntity("task") > 0 ? [pluralize(ofEntity("task"), "task", "tasks")] : []),
    ...(ofEntity("category") > 0 ? [pluralize(ofEntity("category"), "category", "categories")] : []),
  ].join(" and ")
  return [
    isDryRun ? `Would take back the change of ${counts}.` : `Took back the change of ${counts}.`,
    ...lines,
    ...(batchId === null ? [] : [`Redo it with: taskwright undo ${style.dim(batchId)}`]),
  ].join("\n")
}

/** Formats deleted tasks, the last deleted first. */
export const trashTable = (trash: ReadonlyArray<TrashedTask>, style: Style): string =>
  trash.length === 0
    ? forPeople("The trash is empty.", style)
    : table(
        [
          {
            header: "ID",
            cells: shortIds(trash.map(({ task }) => task.id)),
            plain: trash.map(({ task }) => task.id),
            paint: style.dim,
          },
          {
            header: "DELETED",
            cells: trash.map(({ deletedAt }) => dateTime(deletedAt, style)),
            plain: trash.map(({ deletedAt }) => deletedAt),
            rank: 1,
          },
          {
            header: "GONE AFTER",
            cells: trash.map(({ purgeAt }) => dateTime(purgeAt, style)),
            plain: trash.map(({ purgeAt }) => purgeAt),
            rank: 2,
          },
          { header: "TITLE", cells: trash.map(({ task }) => escapeControl(task.title)), isFlexible: true },
        ],
        style,
      )
