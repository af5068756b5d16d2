/** The one function that decides conflicts and merges, for edits, imports and undo alike. */
import { Option, Result, Struct } from "effect"
import type { Version } from "../shared/Version.ts"
import { UnknownVersion } from "./ChangeErrors.ts"
import {
  type Difference,
  differenceOf,
  type Field,
  isSameValue,
  isSet,
  type MutablePartial,
  mapSet,
} from "./EntityState.ts"

/**
 * The values that a writer wants to set. An absent or undefined field is not sent. A set is sent whole: as the writer
 * saw it at its base, with what it adds and without what it removes.
 */
export type Patch<V> = { readonly [F in keyof V]?: V[F] | undefined }

/** How a patch that was made for an older version relates to the present one. */
export interface Rebase<V> {
  /** The fields that differ between the base and now. Changed there and back is no change. */
  readonly changedFields: ReadonlyArray<Field<V>>
  /** The changed fields that the patch sets to another value than the present one. A set is never among them. */
  readonly conflictingFields: ReadonlyArray<Field<V>>
  /** The values of the changed fields at the base. */
  readonly base: Partial<V>
  /** Whether no field is in conflict. */
  readonly isMergeable: boolean
  /**
   * The values to set on the present version, if the patch is mergeable. The changed fields then keep their present
   * values, and a set gains and loses what the writer added and removed.
   */
  readonly patch: Partial<V>
}

/**
 * Moves a patch from the version that its writer saw onto the present one. `changes` are all changes of the same thing
 * since that version, the oldest first.
 */
export const rebase = <V extends object>(patch: Patch<V>, changes: ReadonlyArray<Difference<V>>): Rebase<V> => {
  const { base, fields: changedFields, present } = netOf(changes)
  const merged: MutablePartial<V> = {}
  const conflictingFields: Array<Field<V>> = []
  for (const field of Struct.keys(patch)) {
    const sent = patch[field]
    if (sent === undefined) continue
    const isChanged = changedFields.includes(field)
    merged[field] = isChanged ? mergeValue(base[field], sent, present[field]) : sent
    if (isChanged && !isSet(sent) && !isSameValue(sent, present[field])) conflictingFields.push(field)
  }
  return { changedFields, conflictingFields, base, isMergeable: conflictingFields.length === 0, patch: merged }
}

/** Returns the fields that the changes leave different, with their first and their last values. */
const netOf = <V extends object>(
  changes: ReadonlyArray<Difference<V>>,
): { readonly base: Partial<V>; readonly present: Partial<V>; readonly fields: ReadonlyArray<Field<V>> } => {
  let first: Partial<V> = {}
  let last: Partial<V> = {}
  for (const { after, before } of changes) {
    first = { ...before, ...first }
    last = { ...last, ...after }
  }
  const { after: present, before: base, fields } = differenceOf<Partial<V>>(first, last)
  return { base, present, fields }
}

/** Applies to the present set what was added and removed between the base and the sent one. */
const mergeValue = <A>(base: unknown, sent: A, present: unknown): A =>
  mapSet(sent, (elements) => {
    if (!isSet(base) || !isSet(present)) return elements
    const kept = present.filter((element) => elements.includes(element) || !base.includes(element))
    const added = elements.filter((element) => !base.includes(element) && !present.includes(element))
    return [...kept, ...added]
  })

/**
 * Returns the changes after the base, from those that are kept of one thing. None if the history does not reach back to
 * the base. Fails with `UnknownVersion` if the base is higher than the present version.
 */
export const changesSince = <C extends { readonly version: Version | null }>(
  base: Version,
  current: Version,
  changes: ReadonlyArray<C>,
): Result.Result<Option.Option<ReadonlyArray<C>>, UnknownVersion> => {
  if (base > current) return Result.fail(new UnknownVersion({ version: base, current }))
  const since = changes.filter(({ version }) => version !== null && version > base && version <= current)
  const versions = new Set(since.map(({ version }) => version))
  return Result.succeed(versions.size === current - base ? Option.some(since) : Option.none())
}
