/** The change that a write records: its JSON, which a statement takes as a parameter, and the SQL that inserts it. */
import type { Mutation } from "../../application/changes/Mutation.ts"
import type { ActorName } from "../../domain/changes/Actor.ts"
import type { ChangeOperation } from "../../domain/changes/Change.ts"
import type { ChangeId } from "../../domain/changes/ChangeId.ts"
import type { Entity } from "../../domain/changes/EntityState.ts"
import type { Timestamp } from "../../domain/shared/Timestamp.ts"
import { newUuid } from "../ids/RandomUuid.ts"
import type { JsonValues } from "./ChangeColumns.ts"

/** What the change of a write says beside what the statement knows. The values have the names of the API. */
export interface RecordedChange {
  readonly at: Timestamp
  readonly before: JsonValues | null
  readonly after: JsonValues | null
}

/** Returns a new id of a change, by the clock that also times the id of its batch. */
export const newChangeId = (): ChangeId => newUuid() as ChangeId

/** Returns the change as JSON, with a new id. A member that is left out is null in the row. */
export const changeInJson = (
  { after, at, before }: RecordedChange,
  { actor, batchId, requestId, undoes }: Mutation,
  actorName: ActorName | null,
): string => {
  const id = newChangeId()
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

/** The members of that JSON, as the columns of a record. */
export const changeDefinition = `id uuid, at timestamptz, before jsonb, after jsonb, actor_kind text, actor_id uuid,
      actor_name text, request_id text, batch_id uuid, undoes uuid`

/** What the statement knows of a change. */
export interface ChangeParts {
  readonly entity: Entity
  readonly op: ChangeOperation
  /** Add to the JSON of the values before and after. They see the rows as they were before the write. */
  readonly before?: string
  readonly after?: string
  /** The names of values to leave out of both, as an array of text. */
  readonly without?: string
}

interface ChangeSource {
  readonly userId: string
  readonly id: string
  readonly actorName: string
  /** The part of the statement that has the other members of the change. */
  readonly members: string
  /** The parts to select from: that part, `next` with the sequence number, and `written`. */
  readonly from: string
}

export const insertChange = ({ after, before, entity, op, without }: ChangeParts, source: ChangeSource): string => {
  const { members } = source
  const values = (name: string, more: string | undefined) => {
    const all = more === undefined ? `${members}.${name}` : `${members}.${name} || ${more}`
    return without === undefined ? all : `(${all}) - ${without}`
  }
  return `INSERT INTO changes (user_id, seq, id, at, entity, entity_id, op, version, before, after, actor_kind, actor_id,
      actor_name, request_id, batch_id, undoes)
    SELECT ${source.userId}, next.seq, ${source.id}, ${members}.at, '${entity}', written.id, '${op}', written.version,
      ${values("before", before)}, ${values("after", after)}, ${members}.actor_kind, ${members}.actor_id,
      ${source.actorName}, ${members}.request_id, ${members}.batch_id, ${members}.undoes
    FROM ${source.from}`
}
