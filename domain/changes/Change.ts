/** One change of a task or a category: the record from which history, feed, conflicts and undo are derived. */
import { Option, Schema, Struct } from "effect"
import { CategoryId } from "../categories/CategoryId.ts"
import { Timestamp } from "../shared/Timestamp.ts"
import { Version } from "../shared/Version.ts"
import { TaskId } from "../tasks/TaskId.ts"
import { Actor } from "./Actor.ts"
import { BatchId } from "./BatchId.ts"
import { ChangeId } from "./ChangeId.ts"
import {
  CategoryValues,
  type Difference,
  differenceOf,
  type Entity,
  type EntityId,
  type EntityState,
  TaskValues,
  type Values,
} from "./EntityState.ts"

/** The place of a change in its user's history, from 1 without gaps. 0 is the place before the first change. */
export const SequenceNumber = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })).pipe(
  Schema.brand("SequenceNumber"),
)
export type SequenceNumber = typeof SequenceNumber.Type

/** The id of the request that made a change, as the log has it. */
export const RequestId = Schema.String.check(Schema.isPattern(/^[A-Za-z0-9._-]{1,128}$/)).pipe(
  Schema.brand("RequestId"),
)
export type RequestId = typeof RequestId.Type

/** What happened. A deleted thing can be restored. A purged one is gone, and the values of all its changes with it. */
export const ChangeOperation = Schema.Literals(["created", "updated", "deleted", "restored", "purged"])
export type ChangeOperation = typeof ChangeOperation.Type

/** The part of a change that two states of its subject determine. */
export interface ChangeBody<E extends Entity> extends Difference<Values<E>> {
  readonly entity: E
  readonly entityId: EntityId<E>
  readonly op: ChangeOperation
  /** The version after the change; null if the thing was purged. */
  readonly version: Version | null
}

/** Of a change: when, by what and in which request it was made, and its place. */
const ChangeOrigin = Schema.Struct({
  seq: SequenceNumber,
  id: ChangeId,
  at: Timestamp,
  actor: Actor,
  /** Null if no request made the change. */
  requestId: Schema.NullOr(RequestId),
  batchId: BatchId,
  /** The first of the changes of the same thing that this one takes back. Null if it takes back none. */
  undoes: Schema.NullOr(ChangeId),
})
interface ChangeOrigin extends Schema.Schema.Type<typeof ChangeOrigin> {}

/** A change of one kind of thing. */
export interface ChangeOf<E extends Entity> extends ChangeOrigin, ChangeBody<E> {}

const body = {
  op: ChangeOperation,
  version: Schema.NullOr(Version),
}

const touchedTask = TaskValues.mapFields(Struct.map(Schema.optionalKey))
const touchedCategory = CategoryValues.mapFields(Struct.map(Schema.optionalKey))

/**
 * A change of a task. `before` and `after` have the touched fields only. `before` is null if the task was created. Both
 * are null if no field was touched (it was deleted, restored or purged), and in all changes of a task that was purged
 * since.
 */
export const TaskChange = Schema.Struct({
  ...ChangeOrigin.fields,
  entity: Schema.Literal("task"),
  entityId: TaskId,
  ...body,
  before: Schema.NullOr(touchedTask),
  after: Schema.NullOr(touchedTask),
})
export interface TaskChange extends Schema.Schema.Type<typeof TaskChange> {}

/** A change of a category, under the rules of `TaskChange`. */
export const CategoryChange = Schema.Struct({
  ...ChangeOrigin.fields,
  entity: Schema.Literal("category"),
  entityId: CategoryId,
  ...body,
  before: Schema.NullOr(touchedCategory),
  after: Schema.NullOr(touchedCategory),
})
export interface CategoryChange extends Schema.Schema.Type<typeof CategoryChange> {}

export const Change = Schema.Union([TaskChange, CategoryChange])
export type Change = typeof Change.Type

/**
 * Returns the change that leads from one state of a thing to the next, and none if nothing differs. Null stands for a
 * thing that does not exist: not yet before, or no more after. (A thing that is first seen deleted has no change.)
 */
export const changeOf = <E extends Entity>(
  before: EntityState<E> | null,
  after: EntityState<E> | null,
): Option.Option<ChangeBody<E>> => {
  if (after === null) return before === null ? Option.none() : Option.some(purged(before))
  const { entity, id: entityId, version } = after
  const subject = { entity, entityId, version }
  if (before === null) {
    return after.isDeleted
      ? Option.none()
      : Option.some({ ...subject, op: "created", before: null, after: after.values })
  }
  if (!before.isDeleted && after.isDeleted) {
    return Option.some({ ...subject, op: "deleted", before: null, after: null })
  }
  const touched = differenceOf<Values<E>>(before.values, after.values)
  const values =
    touched.fields.length === 0 ? { before: null, after: null } : { before: touched.before, after: touched.after }
  if (before.isDeleted && !after.isDeleted) return Option.some({ ...subject, op: "restored", ...values })
  return values.after === null ? Option.none() : Option.some({ ...subject, op: "updated", ...values })
}

const purged = <E extends Entity>({ entity, id }: EntityState<E>): ChangeBody<E> => ({
  entity,
  entityId: id,
  op: "purged",
  version: null,
  before: null,
  after: null,
})

/** Whether the values of the change were removed, because its subject was purged. */
export const isBlanked = ({ op, after }: ChangeBody<Entity>): boolean =>
  (op === "created" || op === "updated") && after === null
