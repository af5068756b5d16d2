/** Destroys deleted tasks and categories for good, and the recorded values of their changes with them. */
import { Effect } from "effect"
import { CurrentMutation } from "../../application/changes/Mutation.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import type { CategoryId } from "../../domain/categories/CategoryId.ts"
import type { Entity } from "../../domain/changes/EntityState.ts"
import type { Timestamp } from "../../domain/shared/Timestamp.ts"
import type { TaskId } from "../../domain/tasks/TaskId.ts"
import type { PostgresStatements } from "./client/PostgresStatements.ts"
import { statement } from "./client/Statement.ts"
import { newChangeId } from "./RecordedChange.ts"
import { advancedBy } from "./TaskCount.ts"

/**
 * Destroys deleted things with their assignments, and returns them. The histories of their users MUST be locked. Takes
 * the users, the things, the time, and an id for the change of each. Then come the actor, the request, the batch, and the
 * time before which a thing was deleted (null: any).
 */
const purgeOf = (table: "tasks" | "categories", entity: Entity): string => `WITH purged AS (
    DELETE FROM ${table}
    WHERE user_id = ANY ($1::uuid[]) AND id = ANY ($2::uuid[]) AND deleted_at < coalesce($10, 'infinity'::timestamptz)
    RETURNING user_id, id
  ), blanked AS (
    UPDATE changes SET before = NULL, after = NULL FROM purged
    WHERE changes.user_id = purged.user_id AND changes.entity_id = purged.id
      AND (changes.before IS NOT NULL OR changes.after IS NOT NULL)
  ), numbered AS (
    SELECT user_id, id, row_number() OVER (ORDER BY user_id, id) AS number,
      row_number() OVER (PARTITION BY user_id ORDER BY id) AS number_of_user, count(*) OVER (PARTITION BY user_id) AS total
    FROM purged
  ), next AS (
    UPDATE change_heads SET ${advancedBy("counted.total", entity, "purged")}
    FROM (SELECT DISTINCT user_id, total FROM numbered) AS counted
    WHERE change_heads.user_id = counted.user_id
    RETURNING change_heads.user_id, change_heads.seq - counted.total AS seq
  )
  INSERT INTO changes (user_id, seq, id, at, entity, entity_id, op, actor_kind, actor_id, actor_name, request_id, batch_id)
  SELECT next.user_id, next.seq + number_of_user, ($4::uuid[])[number], $3::timestamptz, '${entity}', numbered.id, 'purged',
    $5::text, $6::uuid,
    coalesce($7::text, (SELECT device FROM sessions WHERE sessions.user_id = next.user_id AND sessions.id = $6::uuid)),
    $8::text, coalesce($9::uuid, ($4::uuid[])[number])
  FROM next JOIN numbered USING (user_id)
  RETURNING user_id, entity_id`

const purgeTasksStatement = statement("tasks.purge", purgeOf("tasks", "task"))
const purgeCategoriesStatement = statement("categories.purge", purgeOf("categories", "category"))

interface PurgedRow {
  readonly user_id: UserId
  readonly entity_id: TaskId | CategoryId
}

interface Purge {
  readonly at: Timestamp
  /** The things to destroy, as far as they are deleted. */
  readonly among: ReadonlyArray<TaskId | CategoryId>
  /** Only those that were deleted before this time. */
  readonly deletedBefore?: Timestamp
}

const purgeWith =
  (purge: typeof purgeTasksStatement) =>
  (
    database: PostgresStatements,
    userIds: ReadonlyArray<UserId>,
    { among, at, deletedBefore }: Purge,
  ): Effect.Effect<ReadonlyArray<PurgedRow>> =>
    Effect.flatMap(CurrentMutation, ({ actor, batchId, onChange, requestId }) => {
      const ids = among.map(newChangeId)
      const origin = [actor.kind, actor.id, actor.name, requestId, batchId, deletedBefore ?? null]
      return Effect.tap(database.queryUnprepared<PurgedRow>(purge, [userIds, among, at, ids, ...origin]), (purged) =>
        Effect.sync(() => {
          for (const userId of new Set(purged.map(({ user_id }) => user_id))) onChange(userId)
        }),
      )
    })

/** Destroys those of the users' tasks that are deleted and among these. Their users' histories MUST be locked. */
export const purgeTasks = purgeWith(purgeTasksStatement)

/** As `purgeTasks`, for categories. Before, the assignments are removed in batches, because there may be any number. */
export const purgeCategories = purgeWith(purgeCategoriesStatement)
