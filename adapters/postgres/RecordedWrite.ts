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
import { serverErrorOf, toDefect } from "./client/PostgresErrors.ts"
import type { Parameters, PostgresStatements } from "./client/PostgresStatements.ts"
import { type Statement, statement } from "./client/Statement.ts"
import {
  type ChangeParts,
  changeDefinition,
  changeInJson,
  insertChange,
  type RecordedChange,
} from "./RecordedChange.ts"
import { type GroupParts, type GroupStatements, recordedGroups, textOfGroup, type ValueAt } from "./RecordedGroup.ts"
import { makeSessionNames } from "./SessionNames.ts"
import { advancedBy } from "./TaskCount.ts"

/** In the statement of one user the values are its parameters. */
export const parameter: ValueAt = (number) => `$${number}`

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
  /** Absent if the write does not run in groups. */
  readonly inGroup?: GroupStatements
}

interface WriteParts extends ChangeParts {
  /** How many parameters the write itself takes, the user included. The next one is the change, as JSON. */
  readonly parameters: number
  /** The parts of the statement, from `head` or `next` to `written`. */
  readonly parts: string
  /** The columns of `written` to return. By default there are none: the number of rows tells whether it wrote. */
  readonly returning?: string
  /** Makes it a write that also runs in groups. `returning` MUST then include `user_id`. */
  readonly inGroup?: GroupParts
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
    const change = insertOne(write, isNamed)
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
  const groupOf = (group: GroupParts): GroupStatements => ({
    withoutRecords: statement<Name>(name, textOfGroup(write, group, false)),
    withRecords: statement<Name>(name, textOfGroup(write, group, true)),
  })
  return {
    named: formsOf(true),
    unnamed: formsOf(false),
    ...(write.inGroup === undefined ? undefined : { inGroup: groupOf(write.inGroup) }),
  }
}

/** The name of a session is its device. To look it up takes a write a twentieth of the database's instructions. */
const deviceOfActor =
  "coalesce(change.actor_name, (SELECT device FROM sessions WHERE user_id = $1 AND id = change.actor_id))"

// One parameter of JSON takes the client less than half of the time that ten parameters take.
const insertOne = (write: WriteParts, isNamed: boolean): string =>
  insertChange(write, {
    userId: "$1",
    id: "change.id",
    actorName: isNamed ? "change.actor_name" : deviceOfActor,
    members: "change",
    from: `next, written, jsonb_to_record($${write.parameters + 1}::jsonb) AS change (${changeDefinition})`,
  })

const insertRecord = (parameters: number): string => `remembered AS (
    INSERT INTO idempotency_records (user_id, key, fingerprint, response, at)
    SELECT $1, $${parameters + 1}::text, $${parameters + 2}::text, $${parameters + 3}::text, $${parameters + 4}::timestamptz
    FROM written
  )`

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

  const runAlone = (
    write: RecordedWrite,
    parameters: Parameters,
    change: RecordedChange,
    mutation: Mutation,
  ): Effect.Effect<ReadonlyArray<object>> =>
    Effect.suspend(() => {
      const { record } = mutation
      const name = nameOf(mutation)
      const { alone, withRecord } = name === undefined ? write.unnamed : write.named
      const all = [...parameters, changeInJson(change, mutation, name ?? null)]
      const rows =
        record === null
          ? database.query(alone, all)
          : Effect.catch(database.tryQuery(withRecord, [...all, ...recordParameters(record)]), (error) =>
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

  const groups = new Map<GroupStatements, ReturnType<typeof recordedGroups>>()
  const groupOf = (statements: GroupStatements) => {
    const known = groups.get(statements)
    if (known !== undefined) return known
    const made = recordedGroups(database, statements)
    groups.set(statements, made)
    return made
  }

  /** Returns a row if the write wrote something. Dies with `KeyAlreadyUsed` if its record exists. */
  return <Row extends object>(
    write: RecordedWrite,
    parameters: Parameters,
    change: RecordedChange,
  ): Effect.Effect<ReadonlyArray<Row>> =>
    Effect.withFiber((fiber) => {
      const mutation = fiber.getRef(CurrentMutation)
      const alone = runAlone(write, parameters, change, mutation) as Effect.Effect<ReadonlyArray<Row>>
      const actorName = nameOf(mutation)
      // A group looks no name up.
      if (write.inGroup === undefined || actorName === undefined || !database.mayJoinGroup(fiber)) return alone
      const written = (row: object): ReadonlyArray<Row> => [row as Row]
      return groupOf(write.inGroup)({ parameters, change, mutation, actorName }, alone, written)
    })
}

/** The user has a record with this key. */
export const isUsedKey = (error: SqlError.SqlError): boolean => {
  const { code, constraint } = serverErrorOf(error)
  return code === "23505" && constraint === "idempotency_records_pkey"
}
