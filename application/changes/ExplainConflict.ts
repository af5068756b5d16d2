/** Explains a version conflict by the history: what was changed since the version that the writer saw. */
import { Effect, Option } from "effect"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { CategoryVersionConflict } from "../../domain/categories/Category.ts"
import type { CategoryId } from "../../domain/categories/CategoryId.ts"
import type { Change } from "../../domain/changes/Change.ts"
import type { UnknownVersion } from "../../domain/changes/ChangeErrors.ts"
import type { CategoryValues, Difference, TaskValues } from "../../domain/changes/EntityState.ts"
import * as Rebase from "../../domain/changes/Rebase.ts"
import { baseOf, divergenceOf, StaleCategoryVersion, StaleTaskVersion } from "../../domain/changes/StaleVersion.ts"
import type { AcceptedVersions, Version } from "../../domain/shared/Version.ts"
import { VersionConflict } from "../../domain/tasks/Task.ts"
import type { TaskId } from "../../domain/tasks/TaskId.ts"
import { ChangeRepository } from "./ChangeRepository.ts"

/** The maximum number of changes that one explanation reads. A base with more changes since counts as forgotten. */
export const maxExplainedChanges = 1000

/** A write that names the version it is based on. */
export interface ConditionalWrite<V> {
  readonly accepted: AcceptedVersions
  /** The values that the write sets. A deletion sets none. */
  readonly patch: Rebase.Patch<V>
}

const rebaseOn = <V extends object>(changesOf: (changes: ReadonlyArray<Change>) => ReadonlyArray<ChangeSince<V>>) =>
  Effect.fnUntraced(function* (
    userId: UserId,
    current: { readonly id: TaskId | CategoryId; readonly version: Version },
    { accepted, patch }: ConditionalWrite<V>,
  ) {
    const base = yield* Effect.fromResult(baseOf(accepted, current.version))
    if (base === null || current.version - base > maxExplainedChanges) return { base, rebase: null }
    const { readSinceVersion } = yield* ChangeRepository
    const changes = yield* readSinceVersion(userId, current.id, base, maxExplainedChanges)
    const since = yield* Effect.fromResult(Rebase.changesSince(base, current.version, changesOf(changes)))
    return { base, rebase: Option.isNone(since) ? null : Rebase.rebase(patch, since.value) }
  })

type ChangeSince<V> = Difference<V> & { readonly version: Version | null }

/**
 * Moves a write of the user's task from the version that it is based on onto the current one. `rebase` is null if the
 * history does not reach back to the base. Fails with `UnknownVersion` if the base is above the current version.
 */
export const rebaseTask = rebaseOn<TaskValues>((changes) => changes.filter((change) => change.entity === "task"))

const rebaseCategory = rebaseOn<CategoryValues>((changes) => changes.filter((change) => change.entity === "category"))

/** The errors of a write after its conflict is explained. */
type Explained<E, Conflict, Stale> = Exclude<E, Conflict> | Stale | UnknownVersion

/**
 * Runs a write of a task. A version conflict becomes `StaleTaskVersion`, which says what was changed since. Only a
 * conflict reads the history.
 */
export const explainTaskConflict = <A, E, R>(
  userId: UserId,
  write: ConditionalWrite<TaskValues>,
  run: Effect.Effect<A, E, R>,
): Effect.Effect<A, Explained<E, VersionConflict, StaleTaskVersion>, R | ChangeRepository> =>
  Effect.catch(
    run,
    (error): Effect.Effect<never, Explained<E, VersionConflict, StaleTaskVersion>, ChangeRepository> =>
      error instanceof VersionConflict
        ? Effect.flatMap(rebaseTask(userId, error.current, write), ({ base, rebase }) =>
            Effect.fail(new StaleTaskVersion({ base, current: error.current, divergence: divergenceOf(rebase) })),
          )
        : Effect.fail(error as Exclude<E, VersionConflict>),
  )

/** Runs a write of a category. A version conflict becomes `StaleCategoryVersion`, as in `explainTaskConflict`. */
export const explainCategoryConflict = <A, E, R>(
  userId: UserId,
  write: ConditionalWrite<CategoryValues>,
  run: Effect.Effect<A, E, R>,
): Effect.Effect<A, Explained<E, CategoryVersionConflict, StaleCategoryVersion>, R | ChangeRepository> =>
  Effect.catch(
    run,
    (error): Effect.Effect<never, Explained<E, CategoryVersionConflict, StaleCategoryVersion>, ChangeRepository> =>
      error instanceof CategoryVersionConflict
        ? Effect.flatMap(rebaseCategory(userId, error.current, write), ({ base, rebase }) =>
            Effect.fail(new StaleCategoryVersion({ base, current: error.current, divergence: divergenceOf(rebase) })),
          )
        : Effect.fail(error as Exclude<E, CategoryVersionConflict>),
  )
