/**
 * The SQL that carries out the same step of an undo for many tasks. One statement locks the end of the user's history and
 * writes the tasks. It takes as many sequence numbers, and inserts the changes in the order of the steps.
 *
 * Every statement takes the user, the time, the origin of all changes and the steps, both as JSON.
 */
import type { ChangeOperation } from "../../domain/changes/Change.ts"
import { type Statement, statement } from "./client/Statement.ts"
import { head } from "./RecordedWrite.ts"
import { searchAssignments } from "./SearchColumns.ts"
import { fieldColumns, fieldType } from "./TaskColumns.ts"
import { advancedBy } from "./TaskCount.ts"

const fields = Object.keys(fieldColumns) as ReadonlyArray<keyof typeof fieldColumns>

/**
 * The columns of a step in its JSON. Only an update has fields. Its category ids are null if it keeps the categories, and
 * its search text is null if that stays.
 */
const step = `step AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset($4::jsonb) AS step (number integer, id uuid, change_id uuid, undoes uuid,
      before jsonb, after jsonb, category_ids uuid[], search_text text,
      ${fields.map((field) => `${fieldColumns[field]} ${fieldType(field)}`).join(", ")})
  )`

const ofStep = "FROM head, step WHERE tasks.user_id = head.user_id AND tasks.id = step.id"
const writtenColumns = "RETURNING tasks.id, tasks.version, step.number"

const updated = `written AS (
    UPDATE tasks SET updated_at = $2, version = tasks.version + 1,
      ${fields.map((field) => `${fieldColumns[field]} = step.${fieldColumns[field]}`).join(", ")},
      ${searchAssignments("step.search_text", "tasks.version + 1")}
    ${ofStep}
    ${writtenColumns}
  ), removed AS (
    DELETE FROM task_categories USING step
    WHERE task_categories.user_id = $1 AND task_categories.task_id = step.id
      AND task_categories.category_id <> ALL (step.category_ids)
  ), added AS (
    INSERT INTO task_categories (user_id, task_id, category_id)
    SELECT $1, step.id, categories.id FROM step, categories
    WHERE categories.user_id = $1 AND categories.id = ANY (step.category_ids)
    ON CONFLICT DO NOTHING
  )`

/** The categories that a task gets, without those that were purged. */
const categoriesAfter = `CASE WHEN step.category_ids IS NULL THEN step.after
      ELSE step.after || jsonb_build_object('category_ids', (
        SELECT coalesce(jsonb_agg(id ORDER BY id), '[]') FROM categories
        WHERE user_id = $1 AND id = ANY (step.category_ids)
      )) END`

const textOf = (
  op: ChangeOperation,
  written: string,
  after: string,
): string => `WITH ${head}, ${step}, ${written}, next AS (
    UPDATE change_heads SET ${advancedBy("counted.total", "task", op)} FROM (SELECT count(*) AS total FROM written) AS counted
    WHERE change_heads.user_id = $1
    RETURNING change_heads.seq - counted.total AS seq
  ), recorded AS (
    INSERT INTO changes (user_id, seq, id, at, entity, entity_id, op, version, before, after, actor_kind, actor_id,
      actor_name, request_id, batch_id, undoes)
    SELECT $1, next.seq + row_number() OVER (ORDER BY written.number), step.change_id, $2, 'task', written.id, '${op}',
      written.version, step.before, ${after}, origin.actor_kind, origin.actor_id,
      coalesce(origin.actor_name, (SELECT device FROM sessions WHERE user_id = $1 AND id = origin.actor_id)),
      origin.request_id, coalesce(origin.batch_id, step.change_id), step.undoes
    FROM next, written JOIN step USING (number), jsonb_to_record($3::jsonb) AS origin (actor_kind text, actor_id uuid,
      actor_name text, request_id text, batch_id uuid)
  )
  SELECT number, version FROM written`

const moved = (set: string, was: string): string => `written AS (
    UPDATE tasks SET ${set} ${ofStep} AND deleted_at IS ${was}
    ${writtenColumns}
  )`

/** The statement for each operation. A task that is not in the state that the operation begins with is not written. */
export const taskSteps: Readonly<Record<"updated" | "deleted" | "restored", Statement>> = {
  updated: statement("tasks.undo_updates", textOf("updated", updated, categoriesAfter)),
  deleted: statement("tasks.undo_deletions", textOf("deleted", moved("deleted_at = $2", "NULL"), "step.after")),
  restored: statement(
    "tasks.undo_restorations",
    textOf(
      "restored",
      moved(
        `deleted_at = NULL, updated_at = $2, version = tasks.version + 1, ${searchAssignments("NULL", "NULL")}`,
        "NOT NULL",
      ),
      "step.after",
    ),
  ),
}
