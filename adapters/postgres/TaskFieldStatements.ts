/** The SQL that changes fields of a task without reading it before. Each set of fields has a statement of its own. */
import type { Timestamp } from "../../domain/shared/Timestamp.ts"
import type { TaskChanges, TaskFields } from "../../domain/tasks/TaskFields.ts"
import type { Parameters } from "./client/PostgresStatements.ts"
import type { RecordedChange } from "./RecordedChange.ts"
import { type ValueAt, valueInGroup } from "./RecordedGroup.ts"
import { head, parameter, type RecordedWrite, recordedWrite } from "./RecordedWrite.ts"
import { isBeyondAscii, searchAssignments, searchColumnOf } from "./SearchColumns.ts"
import { columnNames, fieldColumns, fieldType, timeInJson } from "./TaskColumns.ts"
import { columns } from "./TaskStatements.ts"

type Field = keyof TaskFields

const fields = Object.keys(fieldColumns) as ReadonlyArray<Field>
const isText = (field: Field): boolean => field === "title" || field === "description"

/** The user, the task, its version, the time and the search text. The values of the fields follow. */
const firstParameters = 5

const valueInJson = (field: Field): string =>
  fieldType(field) === "timestamptz" ? timeInJson(`old.${fieldColumns[field]}`) : `old.${fieldColumns[field]}`

/** If one of the texts stays, it has to be ASCII, because the search text depends on both. */
const writtenBy = (changed: ReadonlyArray<Field>, valueAt: ValueAt): string => {
  const values = changed.map((field, index) => `${valueAt(firstParameters + index + 1)}::${fieldType(field)}`)
  const assignments = changed.map((field, index) => `${fieldColumns[field]} = ${values[index]}`)
  const differs = changed.map((field, index) => `tasks.${fieldColumns[field]} IS DISTINCT FROM ${values[index]}`)
  const same = changed.map(
    (field, index) =>
      `CASE WHEN old.${fieldColumns[field]} IS NOT DISTINCT FROM ${values[index]} THEN '${fieldColumns[field]}' END`,
  )
  const kept = changed.some(isText) ? fields.filter((field) => isText(field) && !changed.includes(field)) : []
  const isAscii = kept.map((field) => {
    const text = `coalesce(tasks.${fieldColumns[field]}, '')`
    return `octet_length(${text}) = char_length(${text})`
  })
  const [taskId, version, at, searchText] = [valueAt(2), `${valueAt(3)}::integer`, valueAt(4), `${valueAt(5)}::text`]
  return `UPDATE tasks SET ${assignments.join(", ")}, version = tasks.version + 1, updated_at = ${at},
        ${searchAssignments(searchText, "tasks.version + 1")}
      FROM head, tasks AS old
      WHERE tasks.user_id = head.user_id AND tasks.id = ${taskId} AND tasks.version = ${version}
        AND tasks.deleted_at IS NULL AND old.user_id = head.user_id AND old.id = ${taskId} AND old.version = ${version}
        AND ${[`(${differs.join(" OR ")})`, ...isAscii].join(" AND ")}
      RETURNING ${columns},
        jsonb_build_object(${changed.map((field) => `'${fieldColumns[field]}', ${valueInJson(field)}`).join(", ")}) AS before,
        ARRAY[${same.join(", ")}] AS same`
}

const makeStatement = (changed: ReadonlyArray<Field>): RecordedWrite =>
  recordedWrite({
    name: "tasks.update_fields",
    entity: "task",
    op: "updated",
    parameters: firstParameters + changed.length,
    parts: `${head}, written AS (${writtenBy(changed, parameter)})`,
    before: "written.before",
    without: "written.same",
    returning: [...columnNames.split(", "), "categories"].map((name) => `written.${name}`).join(", "),
    inGroup: {
      types: ["uuid", "uuid", "integer", "timestamptz", "text", ...changed.map(fieldType)],
      written: writtenBy(changed, valueInGroup),
    },
  })

const statements = new Map<string, RecordedWrite>()

const statementOf = (changed: ReadonlyArray<Field>): RecordedWrite => {
  const key = changed.join()
  const known = statements.get(key)
  if (known !== undefined) return known
  const made = makeStatement(changed)
  statements.set(key, made)
  return made
}

interface FieldWrite {
  readonly statement: RecordedWrite
  readonly parameters: Parameters
  readonly change: RecordedChange
}

/** Returns the write of the changes to a version of a task; null if it depends on what is stored. */
export const writeOfChanges = (
  key: { readonly userId: string; readonly taskId: string; readonly version: number },
  changes: TaskChanges,
  at: Timestamp,
): FieldWrite | null => {
  const changed = fields.filter((field) => changes[field] !== undefined)
  if (changed.length === 0) return null
  const searchText = searchTextOf(changes)
  if (searchText === undefined) return null
  const values = changed.map((field) => changes[field] ?? null)
  const after = Object.fromEntries(changed.map((field, index) => [fieldColumns[field], values[index]]))
  return {
    statement: statementOf(changed),
    parameters: [key.userId, key.taskId, key.version, at, searchText, ...values],
    change: { at, before: {}, after },
  }
}

/** Returns the value of `search_text` after the changes, null if it stays, and undefined if it depends on the other text. */
const searchTextOf = ({ description, title }: TaskChanges): string | null | undefined => {
  if (title === undefined && description === undefined) return null
  if (title !== undefined && description !== undefined) return searchColumnOf({ title, description })
  return isBeyondAscii(title ?? description ?? "") ? undefined : ""
}
