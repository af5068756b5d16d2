/** The columns of the table of changes: the JSON of recorded values, and the way from a row to a change. */
import type { ChangeLogEnds } from "../../application/changes/ChangeRepository.ts"
import type { Actor } from "../../domain/changes/Actor.ts"
import type { Change, ChangeOf, SequenceNumber } from "../../domain/changes/Change.ts"
import { type ChangeCursor, markOf, originMark } from "../../domain/changes/ChangeCursor.ts"
import type { ChangeId } from "../../domain/changes/ChangeId.ts"
import type { CategoryValues, Entity, TaskValues } from "../../domain/changes/EntityState.ts"
import { fieldColumns } from "./TaskColumns.ts"

/** The names of values in JSON: those of the API. */
const jsonNames = {
  task: { ...fieldColumns, categoryIds: "category_ids" },
  category: { name: "name", color: "color" },
} as const satisfies {
  readonly task: { readonly [Field in keyof TaskValues]: string }
  readonly category: { readonly [Field in keyof CategoryValues]: string }
}

/** The values of a change by their names in JSON. */
export type JsonValues = Readonly<Record<string, unknown>>

/** Returns the values under their names in JSON. */
export const toJson = (entity: Entity, values: object): JsonValues => {
  const names: Readonly<Record<string, string>> = jsonNames[entity]
  const json: Record<string, unknown> = {}
  for (const [field, value] of Object.entries(values)) json[names[field] ?? field] = value
  return json
}

/** A row that was written from a change. It is trusted, not decoded. */
export interface ChangeRow {
  readonly seq: Change["seq"]
  readonly id: Change["id"]
  readonly at: Change["at"]
  readonly entity: Entity
  readonly entity_id: Change["entityId"]
  readonly op: Change["op"]
  readonly version: Change["version"]
  readonly before: JsonValues | null
  readonly after: JsonValues | null
  readonly actor_kind: Actor["kind"]
  readonly actor_id: Actor["id"]
  readonly actor_name: Actor["name"]
  readonly request_id: Change["requestId"]
  readonly batch_id: Change["batchId"]
  readonly undoes: Change["undoes"]
}

/** A number of 64 bits is read as one of the language's own: a history stays far below 2^53 changes. */
export const columns = `changes.seq::float8 AS seq, changes.id, changes.at, changes.entity, changes.entity_id, changes.op,
  changes.version, changes.before, changes.after, changes.actor_kind, changes.actor_id, changes.actor_name,
  changes.request_id, changes.batch_id, changes.undoes`

const valuesOf = (entity: Entity, json: JsonValues | null): object | null => {
  if (json === null) return null
  const values: Record<string, unknown> = {}
  for (const [field, name] of Object.entries(jsonNames[entity])) if (name in json) values[field] = json[name]
  return values
}

export const toChange = (row: ChangeRow): Change => {
  const change = {
    seq: row.seq,
    id: row.id,
    at: row.at,
    entity: row.entity,
    entityId: row.entity_id,
    op: row.op,
    version: row.version,
    before: valuesOf(row.entity, row.before),
    after: valuesOf(row.entity, row.after),
    actor: { kind: row.actor_kind, id: row.actor_id, name: row.actor_name } as Actor,
    requestId: row.request_id,
    batchId: row.batch_id,
    undoes: row.undoes,
  }
  // The entity of a row belongs to its id and its values.
  return change as ChangeOf<Entity> as Change
}

/** Both ends of a history. */
export interface EndsRow {
  readonly head: SequenceNumber
  readonly head_id: ChangeId | null
  readonly floor: SequenceNumber
  readonly floor_id: ChangeId | null
}

export const endsOf = ({ floor, floor_id, head, head_id }: EndsRow): ChangeLogEnds => {
  const oldest: ChangeCursor = { seq: floor, mark: floor_id === null ? originMark : markOf(floor_id) }
  // At the floor the row is gone, and the floor has its mark.
  return { oldest, latest: head_id === null ? oldest : { seq: head, mark: markOf(head_id) } }
}
