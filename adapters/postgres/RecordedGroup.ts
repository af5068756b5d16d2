/**
 * Writes of several users in one statement, which costs the database less than one statement for each. A user is left out
 * while another writer has locked the history of that user, because the others would wait too.
 */
import { Effect } from "effect"
import type { SqlError } from "effect/sql"
import type { IdempotencyRecord } from "../../application/changes/IdempotencyRecords.ts"
import type { Mutation } from "../../application/changes/Mutation.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import type { ActorName } from "../../domain/changes/Actor.ts"
import { serverErrorOf } from "./client/PostgresErrors.ts"
import type { Parameters, PostgresStatements } from "./client/PostgresStatements.ts"
import type { Statement } from "./client/Statement.ts"
import {
  type ChangeParts,
  changeDefinition,
  changeInJson,
  insertChange,
  type RecordedChange,
} from "./RecordedChange.ts"
import { statementGroups } from "./StatementGroups.ts"
import { advancedBy } from "./TaskCount.ts"

/** Returns the SQL of a value by the number of its parameter, from 1. */
export type ValueAt = (parameter: number) => string

/** In a group the values of a user are columns of the part `head`. */
export const valueInGroup: ValueAt = (parameter) => `head.p${parameter}`

/** How a write runs in a group. Its first parameter is the user. */
export interface GroupParts {
  /** The SQL types of the parameters. */
  readonly types: ReadonlyArray<string>
  /** The statement of the part `written`, which MUST select from `head`, and return `user_id`, `id` and `version`. */
  readonly written: string
}

const recordNames = ["key", "fingerprint", "response", "remembered_at"]

/** Returns the text of a statement. It takes the parameters and the changes of its writes, as two arrays in JSON. */
export const textOfGroup = (
  change: ChangeParts & { readonly returning?: string },
  { types, written }: GroupParts,
  withRecords: boolean,
): string => {
  const names = types.map((_, index) => `p${index + 1}`)
  const definition = [
    ...types.map((type, index) => `${names[index]} ${type}`),
    "key text, fingerprint text, response text, remembered_at timestamptz",
  ]
  const parts = [
    `head AS MATERIALIZED (
      SELECT change_heads.user_id, item.* FROM change_heads JOIN ROWS FROM (
        json_to_recordset($1::json) AS (${definition.join(", ")}),
        json_to_recordset($2::json) AS (${changeDefinition})
      ) AS item (${[...names, ...recordNames].join(", ")}, change_id) ON item.p1 = change_heads.user_id
      WHERE change_heads.user_id = ANY ($3::uuid[])
      FOR UPDATE OF change_heads SKIP LOCKED
    )`,
    `written AS (${written})`,
    `next AS (
      UPDATE change_heads SET ${advancedBy("1", change.entity, change.op)} FROM written
      WHERE change_heads.user_id = written.user_id
      RETURNING change_heads.user_id, change_heads.seq
    )`,
    ...(withRecords ? [remembered] : []),
  ]
  const recorded = insertChange(change, {
    userId: "head.user_id",
    id: "head.change_id",
    actorName: "head.actor_name",
    members: "head",
    from: "head JOIN written ON written.user_id = head.user_id JOIN next ON next.user_id = head.user_id",
  })
  return change.returning === undefined
    ? `WITH ${parts.join(", ")} ${recorded} RETURNING user_id`
    : `WITH ${parts.join(", ")}, recorded AS (${recorded}) SELECT ${change.returning} FROM written`
}

// No other writer can insert a record with the key meanwhile: it would hold the lock on the user's history.
const remembered = `remembered AS (
      INSERT INTO idempotency_records (user_id, key, fingerprint, response, at)
      SELECT head.user_id, head.key, head.fingerprint, head.response, head.remembered_at
      FROM head JOIN written ON written.user_id = head.user_id
      WHERE head.key IS NOT NULL
    )`

/** The statements of a group: the second is for groups with an idempotency record. */
export interface GroupStatements {
  readonly withoutRecords: Statement
  readonly withRecords: Statement
}

interface GroupedWrite {
  readonly parameters: Parameters
  readonly change: RecordedChange
  readonly mutation: Mutation
  /** The name to record; null if the actor has none. */
  readonly actorName: ActorName | null
}

const userOf = ({ parameters }: GroupedWrite): UserId => parameters[0] as UserId

const rowOf = ({ mutation: { record }, parameters }: GroupedWrite): object => {
  const row: Record<string, unknown> = record === null ? {} : recordRow(record)
  for (const [index, value] of parameters.entries()) row[`p${index + 1}`] = value
  return row
}

const recordRow = ({ at, fingerprint, key, response }: IdempotencyRecord) => ({
  key,
  fingerprint,
  response,
  remembered_at: at,
})

/**
 * The database wrote nothing. The classes of SQLSTATE: data, integrity, a conflict of transactions. Each write on its own may
 * succeed, or fail with an error that is its own.
 */
const isRefused = (error: SqlError.SqlError): boolean => /^(?:22|23|40)/.test(serverErrorOf(error).code ?? "")

/** Returns a function that runs one of these writes, alone or in a group with those of other users. */
export const recordedGroups = (database: PostgresStatements, { withRecords, withoutRecords }: GroupStatements) =>
  statementGroups<GroupedWrite, UserId, { readonly user_id: UserId }>({
    maxSize: 100,
    keyOf: userOf,
    mayRunAlone: isRefused,
    runGroup: (writes) =>
      Effect.map(
        database.tryQuery<{ readonly user_id: UserId }>(
          writes.some(({ mutation }) => mutation.record !== null) ? withRecords : withoutRecords,
          [
            JSON.stringify(writes.map(rowOf)),
            `[${writes.map(({ actorName, change, mutation }) => changeInJson(change, mutation, actorName)).join()}]`,
            writes.map(userOf),
          ],
        ),
        (rows) => {
          const written = new Map(rows.map((row) => [row.user_id, row]))
          for (const write of writes) if (written.has(userOf(write))) write.mutation.onChange(userOf(write))
          return written
        },
      ),
  })
