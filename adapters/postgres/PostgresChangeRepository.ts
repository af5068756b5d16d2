/** Implements `ChangeRepository` on PostgreSQL. */
import { PgClient } from "@effect/sql-pg"
import { Effect, Layer } from "effect"
import { ChangeRepository } from "../../application/changes/ChangeRepository.ts"
import { AccountNotFound } from "../../domain/accounts/AccountErrors.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import type { ChangeId } from "../../domain/changes/ChangeId.ts"
import type { UndoTarget } from "../../domain/changes/UndoPlan.ts"
import { batchRange } from "./BatchRange.ts"
import { type CategoryRow, toCategory } from "./CategoryColumns.ts"
import { type ChangeRow, type EndsRow, endsOf, toChange } from "./ChangeColumns.ts"
import * as statements from "./ChangeStatements.ts"
import { statementsOn } from "./client/PostgresStatements.ts"
import { latestChanges } from "./LatestChanges.ts"
import { makeUndoSteps } from "./PostgresUndoSteps.ts"
import { type TaskRow, toTask } from "./TaskColumns.ts"

interface PageRow extends EndsRow, ChangeRow {
  readonly place_id: ChangeId | null
  readonly task: TaskRow | null
  readonly category: CategoryRow | null
}

export const layer: Layer.Layer<ChangeRepository, never, PgClient.PgClient> = Layer.effect(
  ChangeRepository,
  Effect.gen(function* () {
    const database = statementsOn(yield* PgClient.PgClient, "changes")
    const { carryOut, presentStates } = makeUndoSteps(database)

    const firstOrFail = <Row>(userId: UserId, [first]: ReadonlyArray<Row>): Effect.Effect<Row, AccountNotFound> =>
      first === undefined ? Effect.fail(new AccountNotFound({ userId })) : Effect.succeed(first)

    const changesOf = (rows: Effect.Effect<ReadonlyArray<ChangeRow>>) =>
      Effect.map(rows, (found) => found.map(toChange))

    const readTarget = (userId: UserId, target: UndoTarget, limit: number) => {
      switch (target._tag) {
        case "OneChange":
          return database.read<ChangeRow>(statements.selectById, [userId, target.changeId])
        case "Batch": {
          const { highest, lowest } = batchRange(target.batchId)
          return database.read<ChangeRow>(statements.selectBatch, [userId, target.batchId, lowest, highest, limit])
        }
        case "SinceTime": {
          const { actor, since } = target
          return database.read<ChangeRow>(statements.selectOfActor, [userId, actor.kind, actor.id, since, limit])
        }
      }
    }

    return ChangeRepository.of({
      ends: (userId) =>
        Effect.flatMap(database.read<EndsRow>(statements.selectEnds, [userId]), (rows) =>
          Effect.map(firstOrFail(userId, rows), endsOf),
        ),

      readAfter: Effect.fnUntraced(function* (userId, after, entities, limit) {
        const rows = yield* database.read<PageRow>(statements.selectAfter, [userId, after, entities, limit])
        const first = yield* firstOrFail(userId, rows)
        const ends = endsOf(first)
        const { floor, head, place_id } = first
        return {
          ...ends,
          bounds: { head, floor, floorMark: ends.oldest.mark, rowAt: place_id },
          // An account without changes after the place has one row, without a change.
          changes: rows.filter(({ seq }) => seq !== null).map(toChange),
          tasks: new Map(rows.flatMap(({ task }) => (task === null ? [] : [[task.id, toTask(task)] as const]))),
          categories: new Map(
            rows.flatMap(({ category }) => (category === null ? [] : [[category.id, toCategory(category)] as const])),
          ),
        }
      }),

      latestOf: latestChanges(database),

      readBefore: (userId, filter, before, limit) => {
        const { parameters, statement } = statements.selectBefore(userId, filter, before, limit)
        return changesOf(database.readUnprepared<ChangeRow>(statement, parameters))
      },

      readSinceVersion: (userId, entityId, version, limit) =>
        changesOf(database.read<ChangeRow>(statements.selectSinceVersion, [userId, entityId, version, limit])),

      readTarget: (userId, target, limit) => changesOf(readTarget(userId, target, limit)),

      readFrom: (userId, entityIds, from, limit) =>
        changesOf(database.read<ChangeRow>(statements.selectFrom, [userId, entityIds, from, limit])),

      presentStates,

      lock: (userId) =>
        Effect.flatMap(database.query(statements.lockHead, [userId]), (rows) =>
          Effect.asVoid(firstOrFail(userId, rows)),
        ),

      carryOut,
    })
  }),
)
