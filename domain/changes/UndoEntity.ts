/** Plans the undo of one task or category: the state that it gets, and what is in the way. */
import { Result } from "effect"
import type { Actor } from "./Actor.ts"
import type { ChangeOf } from "./Change.ts"
import type { ChangeId } from "./ChangeId.ts"
import { differenceOf, type Entity, type EntityId, type EntityState, type Field, type Values } from "./EntityState.ts"
import { type UndoneFields, undoFields } from "./UndoFields.ts"
import type { UndoObstacleOf, UndoObstacleReason } from "./UndoPlan.ts"

/** All changes of one thing since the first one to take back, the oldest first, and which of them to take back. */
export interface EntityHistory<E extends Entity> {
  readonly entity: E
  readonly entityId: EntityId<E>
  readonly changes: ReadonlyArray<ChangeOf<E>>
  readonly first: ChangeOf<E>
  readonly isSelected: (change: ChangeOf<E>) => boolean
}

/** The state that a thing has now, and the one that it gets. They are equal if there is nothing to do. */
export interface EntityPlan<E extends Entity> {
  /** The first of the changes to take back. */
  readonly changeId: ChangeId
  readonly present: EntityState<E>
  readonly target: EntityTarget<E>
  /** Whether one of the changes to take back created the thing. */
  readonly isCreated: boolean
  readonly obstacles: ReadonlyArray<UndoObstacleOf<E>>
}

export type EntityTarget<E extends Entity> = Pick<EntityState<E>, "values" | "isDeleted">

/** Plans the undo of a thing. Fails with an obstacle if its history is gone. */
export const planEntity = <E extends Entity>(
  history: EntityHistory<E>,
  present: EntityState<E> | undefined,
): Result.Result<EntityPlan<E>, UndoObstacleOf<E>> => {
  const selected = history.changes.filter(history.isSelected)
  const refuse = (reason: UndoObstacleReason) =>
    Result.fail({ ...subjectOf(history, undefined), reason, fields: [], by: null })
  if (selected.some(({ op }) => op === "purged")) return refuse("purged")
  if (present === undefined) return refuse("expired")

  const lives = selected.filter(isOfLife)
  const [first, last] = [lives.at(0), lives.at(-1)]
  const situation: Situation<E> = {
    ...history,
    present,
    undone: undoFields(history.changes, history.isSelected, present.values),
    firstOfLife: first,
    isLifeChanged: first !== undefined && (first.op === "deleted") === (last?.op === "deleted"),
  }
  const isCreated = selected.some(({ op }) => op === "created")
  const { found, target } = isCreated ? undoCreation(situation) : undoRest(situation)
  const subject = subjectOf(history, present)
  const obstacles = found.map((each) => ({ ...subject, ...each }))
  return Result.succeed({ changeId: history.first.id, present, target, isCreated, obstacles })
}

interface Situation<E extends Entity> extends EntityHistory<E> {
  readonly present: EntityState<E>
  readonly undone: UndoneFields<Values<E>>
  /** The first of the changes to take back that created, deleted or restored the thing. */
  readonly firstOfLife: ChangeOf<E> | undefined
  /** Whether those changes leave a thing living that was not, or not living that was. */
  readonly isLifeChanged: boolean
}

interface Decision<E extends Entity> {
  readonly target: EntityTarget<E>
  readonly found: ReadonlyArray<Pick<UndoObstacleOf<E>, "reason" | "fields" | "by">>
}

/** Moves a created thing to the trash as it is, unless it has work of another hand. */
const undoCreation = <E extends Entity>(situation: Situation<E>): Decision<E> => {
  const { isLifeChanged, present } = situation
  if (present.isDeleted || !isLifeChanged) return { target: present, found: [] }
  const fields = fieldsWithOtherWork(situation)
  return fields.length > 0
    ? { target: present, found: changed(situation, fields) }
    : { target: { values: present.values, isDeleted: true }, found: [] }
}

/**
 * Puts back the fields, restores a thing that the changes deleted, and deletes one that they restored. Another hand's
 * deletion stays, and so does a restored thing with another hand's work.
 */
const undoRest = <E extends Entity>(situation: Situation<E>): Decision<E> => {
  const { changes, firstOfLife, isLifeChanged, isSelected, present, undone } = situation
  const { values } = undone
  if (!isLifeChanged || present.isDeleted !== (firstOfLife?.op === "deleted")) {
    return { target: { values, isDeleted: present.isDeleted }, found: changed(situation, undone.blocked) }
  }
  if (!present.isDeleted) {
    const others = fieldsWithOtherWork(situation)
    const fields = [...new Set([...undone.blocked, ...others])]
    return { target: { values, isDeleted: others.length === 0 }, found: changed(situation, fields) }
  }
  const isBlocked = !isDeletedBySelected(changes, isSelected)
  const again = { reason: "deleted_again", fields: [], by: changes.findLast(isOfLife)?.actor ?? null } as const
  return {
    target: { values, isDeleted: isBlocked },
    found: [...(isBlocked ? [again] : []), ...changed(situation, undone.blocked)],
  }
}

const isOfLife = ({ op }: ChangeOf<Entity>): boolean => op === "created" || op === "deleted" || op === "restored"

/**
 * Whether the thing is in the trash by a selected change. A deletion counts as an earlier one if it only puts that back:
 * in an undo, or in a batch that found the thing deleted and restored it meanwhile.
 */
const isDeletedBySelected = <E extends Entity>(
  changes: ReadonlyArray<ChangeOf<E>>,
  isSelected: (change: ChangeOf<E>) => boolean,
): boolean => {
  let earlier = changes
  let deletion = earlier.findLast(isOfLife)
  while (deletion !== undefined && deletion.op === "deleted" && !isSelected(deletion)) {
    const { batchId, undoes }: ChangeOf<E> = deletion
    const start = earlier.findIndex((change) =>
      undoes === null ? change.batchId === batchId && isOfLife(change) : change.id === undoes,
    )
    // Each round looks at fewer changes, so this ends.
    earlier = earlier.slice(0, Math.max(0, start))
    deletion = earlier.findLast(isOfLife)
  }
  return deletion?.op === "deleted"
}

/**
 * Returns the fields that another hand has changed since the thing was created or restored: those that differ from that
 * moment, if the selected changes are taken back in both.
 */
const fieldsWithOtherWork = <E extends Entity>({
  changes,
  firstOfLife,
  isSelected,
  present,
  undone,
}: Situation<E>): ReadonlyArray<Field<Values<E>>> => {
  const start = firstOfLife === undefined ? 0 : changes.indexOf(firstOfLife) + 1
  let then = present.values
  for (const { before } of changes.slice(start).toReversed()) then = { ...then, ...before }
  const expected = undoFields(changes.slice(0, start), isSelected, then)
  return differenceOf<Values<E>>(expected.values, undone.values).fields
}

const changed = <E extends Entity>(
  { changes, isSelected }: Situation<E>,
  fields: ReadonlyArray<Field<Values<E>>>,
): Decision<E>["found"] =>
  fields.length === 0 ? [] : [{ reason: "changed", fields, by: lastOther(changes, isSelected, fields) }]

/** Returns the actor of the newest change of these fields that is not to be taken back. */
const lastOther = <E extends Entity>(
  changes: ReadonlyArray<ChangeOf<E>>,
  isSelected: (change: ChangeOf<E>) => boolean,
  fields: ReadonlyArray<Field<Values<E>>>,
): Actor | null =>
  changes.findLast(
    (change) => !isSelected(change) && fields.some((field) => change.after !== null && field in change.after),
  )?.actor ?? null

const subjectOf = <E extends Entity>(
  { entity, entityId, first }: EntityHistory<E>,
  present: EntityState<E> | undefined,
): Omit<UndoObstacleOf<E>, "reason" | "fields" | "by"> => ({
  changeId: first.id,
  entity,
  entityId,
  categoryIds: [],
  currentVersion: present?.version ?? null,
})
