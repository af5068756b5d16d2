/**
 * Writes that record a change: their SQL, and how they run. One statement locks the end of the user's history, writes,
 * takes the next sequence number, and inserts the change. It also inserts the record of an idempotency key if there is
 * one. A write that finds nothing to change takes no number.
 *
 * In SQL, `$1` is the user. The write itself is a part `written`, which MUST select from `head`, and return the columns
 * `id` and `version` of what it wrote.
 */
import { Effect } from "effect"
import type { SqlError } from "effect/sql"
import { type IdempotencyRecord, KeyAlreadyUsed } from "../../application/changes/IdempotencyRecords.ts"
import { CurrentMutation, type Mutation } from "../../application/changes/Mutation.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import type { ActorName } from "../../domain/changes/Actor.ts"
import type { ChangeOperation } from "../../domain/changes/Change.ts"
import type { ChangeId } from "../../domain/changes/ChangeId.ts"
import type { Entity } from "../../domain/changes/EntityState.ts"
import type { Timestamp } from "../../domain/shared/Timestamp.ts"
import { newUuid } from "../ids/RandomUuid.ts"
import type { JsonValues } from "./ChangeColumns.ts"
import { serverErrorOf, toDefect } from "./client/PostgresErrors.ts"
import type { Parameters, PostgresStatements } from "./client/PostgresStatements.ts"
import { type Statement, statement } from "./client/Statement.ts"
import { makeSessionNames } from "./SessionNames.ts"
import { advancedBy } from "./TaskCount.ts"

/** Locks the end of the history, before anything else of the user. */
export const head = `head AS MATERIALIZED (
    SELECT user_id FROM change_heads WHERE user_id = $1 FOR UPDATE
  )`

/** Takes the next sequence number at once, for a new task. A write that begins with it MUST write something, or fail. */
export const next = `next AS (
    UPDATE change_heads SET ${advancedBy("1", "task", "created")} WHERE user_id = $1 RETURNING user_id, seq
  )`

/** A statement in two forms, which take the same parameters. The second also inserts an idempotency record. */
interface Forms {
  readonly alone: Statement
  readonly withRecord: Statement
}

/** The statements of a write, which take the same parameters. The second ones read the name of the actor's session. */
export interface RecordedWrite {
  readonly named: Forms
  readonly unnamed: Forms
}

interface WriteParts {
  readonly entity: Entity
  readonly op: ChangeOperation
  /** How many parameters the write itself takes, the user included. The next one is the change, as JSON. */
  readonly parameters: number
  /** The parts of the statement, from `head` or `next` to `written`. */
  readonly parts: string
  /** Add to the JSON of the values before and after. They see the rows as they were before the write. */
  readonly before?: string
  readonly after?: string
  /** The names of values to leave out of both, as an array of text. */
  readonly without?: string
  /** The columns of `written` to return. By default there are none: the number of rows tells whether it wrote. */
  readonly returning?: string
}

const nextAfterWrite = ({ entity, op }: WriteParts) => `next AS (
    UPDATE change_heads SET ${advancedBy("1", entity, op)} FROM written WHERE change_heads.user_id = $1 RETURNING seq
  )`

/** Builds the statements of a write. */
export const recordedWrite = <const Name extends string>(
  write: WriteParts & { readonly name: string extends Name ? never : Name },
): RecordedWrite => {
  const { name, parts, parameters, returning } = write
  const numbered = parts.startsWith(next) ? parts : `${parts}, ${nextAfterWrite(write)}`
  const textOf = (isNamed: boolean, isRemembered: boolean): string => {
    const all = isRemembered ? `${numbered}, ${insertRecord(parameters + 1)}` : numbered
    const change = insertChange(write, isNamed)
    // One part less for the executor, if no column is needed.
    if (returning === undefined) return `WITH ${all} ${change} RETURNING actor_name`
    return isNamed
      ? `WITH ${all}, recorded AS (${change}) SELECT ${returning} FROM written`
      : `WITH ${all}, recorded AS (${change} RETURNING actor_name) SELECT ${returning}, recorded.actor_name FROM written, recorded`
  }
  const formsOf = (isNamed: boolean): Forms => ({
    alone: statement<Name>(name, textOf(isNamed, false)),
    withRecord: statement<Name>(name, textOf(isNamed, true)),
  })
  return { named: formsOf(true), unnamed: formsOf(false) }
}

/** The name of a session is its device. To look it up takes a write a twentieth of the database's instructions. */
const deviceOfActor =
  "coalesce(change.actor_name, (SELECT device FROM sessions WHERE user_id = $1 AND id = change.actor_id))"

// One parameter of JSON takes the client less than half of the time that ten parameters take.
const insertChange = ({ after, before, entity, op, parameters, without }: WriteParts, isNamed: boolean): string => {
  const values = (name: string, more: string | undefined) => {
    const all = more === undefined ? `change.${name}` : `change.${name} || ${more}`
    return without === undefined ? all : `(${all}) - ${without}`
  }
  return `INSERT INTO changes (user_id, seq, id, at, entity, entity_id, op, version, before, after, actor_kind, actor_id,
      actor_name, request_id, batch_id, undoes)
    SELECT $1, next.seq, change.id, change.at, '${entity}', written.id, '${op}', written.version,
      ${values("before", before)}, ${values("after", after)}, change.actor_kind, change.actor_id,
      ${isNamed ? "change.actor_name" : deviceOfActor}, change.request_id, change.batch_id, change.undoes
    FROM next, written, jsonb_to_record($${parameters + 1}::jsonb) AS change (id uuid, at timestamptz, before jsonb,
      after jsonb, actor_kind text, actor_id uuid, actor_name text, request_id text, batch_id uuid, undoes uuid)`
}

const insertRecord = (parameters: number): string => `remembered AS (
    INSERT INTO idempotency_records (user_id, key, fingerprint, response, at)
    SELECT $1, $${parameters + 1}::text, $${parameters + 2}::text, $${parameters + 3}::text, $${parameters + 4}::timestamptz
    FROM written
  )`

/** What the change of a write says beside what the statement knows. The values have the names of the API. */
export interface RecordedChange {
  readonly at: Timestamp
  readonly before: JsonValues | null
  readonly after: JsonValues | null
}

/** Returns a new id of a change, by the clock that also times the id of its batch. */
export const newChangeId = (): ChangeId => newUuid() as ChangeId

const toJson = ({ after, at, before }: RecordedChange, mutation: Mutation, actorName: ActorName | null): string => {
  const id = newChangeId()
  const { actor, batchId, requestId, undoes } = mutation
  // A member that is left out is null in the row.
  return JSON.stringify({
    id,
    at,
    before: before ?? undefined,
    after: after ?? undefined,
    actor_kind: actor.kind,
    actor_id: actor.id ?? undefined,
    actor_name: actorName ?? undefined,
    request_id: requestId ?? undefined,
    batch_id: batchId ?? id,
    undoes: undoes ?? undefined,
  })
}

const recordParameters = ({ at, fingerprint, key, response }: IdempotencyRecord): Parameters => [
  key,
  fingerprint,
  response,
  at,
]

/** Returns a function that runs a write. */
export const runRecorded = (database: PostgresStatements) => {
  const sessionNames = makeSessionNames()
  const nameOf = ({ actor }: Mutation): ActorName | null | undefined =>
    actor.kind === "session" && actor.name === null ? sessionNames.get(actor.id) : actor.name

  const remember = ({ actor }: Mutation, row: object): void => {
    if (actor.kind === "session" && "actor_name" in row) sessionNames.set(actor.id, row.actor_name as ActorName | null)
  }

  /** Returns a row if the write wrote something. Dies with `KeyAlreadyUsed` if its record exists. */
  return <Row extends object>(
    write: RecordedWrite,
    parameters: Parameters,
    change: RecordedChange,
  ): Effect.Effect<ReadonlyArray<Row>> =>
    Effect.flatMap(CurrentMutation, (mutation) => {
      const { record } = mutation
      const name = nameOf(mutation)
      const { alone, withRecord } = name === undefined ? write.unnamed : write.named
      const all = [...parameters, toJson(change, mutation, name ?? null)]
      const rows =
        record === null
          ? database.query<Row>(alone, all)
          : Effect.catch(database.tryQuery<Row>(withRecord, [...all, ...recordParameters(record)]), (error) =>
              isUsedKey(error) ? Effect.die(new KeyAlreadyUsed({ key: record.key })) : toDefect(error),
            )
      return Effect.map(rows, (found) => {
        const [row] = found
        if (row !== undefined) {
          if (name === undefined) remember(mutation, row)
          mutation.onChange(parameters[0] as UserId)
        }
        return found
      })
    })
}

/** The user has a record with this key. */
export const isUsedKey = (error: SqlError.SqlError): boolean => {
  const { code, constraint } = serverErrorOf(error)
  return code === "23505" && constraint === "idempotency_records_pkey"
}
