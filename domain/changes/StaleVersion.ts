/** What a write with a stale version fails with: how the present state differs from the one that its writer saw. */
import { Data, Result, Struct } from "effect"
import type { Category } from "../categories/Category.ts"
import type { AcceptedVersions, Version } from "../shared/Version.ts"
import type { Task } from "../tasks/Task.ts"
import { UnknownVersion } from "./ChangeErrors.ts"
import type { CategoryValues, Field, TaskValues } from "./EntityState.ts"
import type { Rebase } from "./Rebase.ts"

/** How a write relates to what was changed since its base. */
export type Divergence<V> = Omit<Rebase<V>, "patch">

/** Returns what a rebase says without the patch, which only a merge applies. */
export const divergenceOf = <V>(rebase: Rebase<V> | null): Divergence<V> | null =>
  rebase && Struct.omit(rebase, ["patch"])

/** What is known about the version that the writer saw. */
interface Stale<V> {
  /** The version that the writer's values come from. Null if the writer named none that can exist. */
  readonly base: Version | null
  /** Null if the history does not reach back to the base. */
  readonly divergence: Divergence<V> | null
}

/** The task was changed after the version that the writer saw. `current` is the task as it is now. */
export class StaleTaskVersion extends Data.TaggedError("StaleTaskVersion")<
  Stale<TaskValues> & { readonly current: Task }
> {}

/** The category was changed after the version that the writer saw. `current` is the category as it is now. */
export class StaleCategoryVersion extends Data.TaggedError("StaleCategoryVersion")<
  Stale<CategoryValues> & { readonly current: Category }
> {}

/** How a write with a stale version was merged. */
export interface Merge<V> {
  /** The version that the write was made for, and the one that it was applied to. */
  readonly base: Version
  readonly onto: Version
  /** The fields that were changed since the base. They keep their present values. */
  readonly kept: ReadonlyArray<Field<V>>
}

/**
 * Returns the version that a writer's values come from, if the writer does not accept the current one: of several named
 * versions, the highest that exists. Null if the writer names no version. Fails with `UnknownVersion` if all of them are
 * above the current one.
 */
export const baseOf = (accepted: AcceptedVersions, current: Version): Result.Result<Version | null, UnknownVersion> => {
  const named = accepted === "any" ? [] : typeof accepted === "number" ? [accepted] : accepted
  const [lowest] = named
  if (lowest === undefined) return Result.succeed(null)
  const known = named.filter((version) => version <= current)
  return known.length === 0
    ? Result.fail(new UnknownVersion({ version: lowest, current }))
    : Result.succeed(Math.max(...known) as Version)
}
