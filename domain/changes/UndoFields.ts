/** Takes back the changes of one thing's fields: the part of undo that compares values. */
import { Struct } from "effect"
import type { ChangeOf } from "./Change.ts"
import {
  type Entity,
  type Field,
  isSameValue,
  isSet,
  type MutablePartial,
  mapSet,
  pickFields,
  type Values,
} from "./EntityState.ts"
import { rebase } from "./Rebase.ts"

/** The net effect of some changes on one field. */
interface Net<V> {
  readonly from: Partial<V>
  readonly to: Partial<V>
}

/** The values after the selected changes were taken back, and the fields in which another hand's value is in the way. */
export interface UndoneFields<V> {
  readonly values: V
  readonly blocked: ReadonlyArray<Field<V>>
}

/**
 * Takes back the selected changes, the newest first. A field gets its old value back if it still has the value that the
 * changes gave it. `history` has all changes of the thing since the first selected one, the oldest first.
 */
export const undoFields = <E extends Entity>(
  history: ReadonlyArray<ChangeOf<E>>,
  isSelected: (change: ChangeOf<E>) => boolean,
  present: Values<E>,
): UndoneFields<Values<E>> => {
  let values = present
  const blocked: Array<Field<Values<E>>> = []
  for (const field of Struct.keys(present)) {
    const changes = history.filter(({ after, before }) => before !== null && after !== null && field in after)
    const nets = isSet(present[field])
      ? [netOfSet(changes.filter(isSelected), field, present)]
      : netsOfRuns(changes, isSelected, field)
    for (const { from, to } of nets) {
      if (isSameValue(from[field], to[field])) continue
      // The patch to take back, made when the changes had just been made, is moved onto the present values.
      const undo = rebase<Values<E>>(from, [{ before: to, after: pickFields(values, [field]) }])
      if (!undo.isMergeable) {
        blocked.push(field)
        break
      }
      values = { ...values, ...undo.patch }
    }
  }
  return { values, blocked }
}

/**
 * Returns the net effect of each run of selected changes on the field, the newest first. A change of another hand ends a
 * run, because its value is the one to put back first.
 */
const netsOfRuns = <E extends Entity>(
  changes: ReadonlyArray<ChangeOf<E>>,
  isSelected: (change: ChangeOf<E>) => boolean,
  field: Field<Values<E>>,
): ReadonlyArray<Net<Values<E>>> => {
  const nets: Array<Net<Values<E>>> = []
  let run: { from: Partial<Values<E>>; readonly to: Partial<Values<E>> } | null = null
  for (const change of changes.toReversed()) {
    const from = pickFields<Partial<Values<E>>>(change.before ?? {}, [field])
    if (!isSelected(change)) run = null
    else if (run !== null) run.from = from
    else {
      run = { from, to: pickFields<Partial<Values<E>>>(change.after ?? {}, [field]) }
      nets.push(run)
    }
  }
  return nets
}

/**
 * Returns the net effect of the selected changes on a set: each element counts for itself, from whether it was in before
 * the first change of it to whether it was in after the last one.
 */
const netOfSet = <E extends Entity>(
  selected: ReadonlyArray<ChangeOf<E>>,
  field: Field<Values<E>>,
  present: Values<E>,
): Net<Values<E>> => {
  const elements = new Map<string, { readonly wasIn: boolean; readonly isIn: boolean }>()
  for (const change of selected) {
    const [before, after] = [elementsOf(change.before?.[field]), elementsOf(change.after?.[field])]
    for (const element of [...before, ...after]) {
      const [wasIn, isIn] = [before.has(element), after.has(element)]
      if (wasIn !== isIn) elements.set(element, { wasIn: elements.get(element)?.wasIn ?? wasIn, isIn })
    }
  }
  const all = [...elements]
  const from: MutablePartial<Values<E>> = {}
  const to: MutablePartial<Values<E>> = {}
  from[field] = mapSet(present[field], () => all.filter(([, { isIn, wasIn }]) => wasIn && !isIn).map(([id]) => id))
  to[field] = mapSet(present[field], () => all.filter(([, { isIn, wasIn }]) => isIn && !wasIn).map(([id]) => id))
  return { from, to }
}

const elementsOf = (value: unknown): ReadonlySet<string> => new Set(isSet(value) ? value : [])
