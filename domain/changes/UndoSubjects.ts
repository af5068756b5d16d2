/** What the plan of an undo has to be told, what it leaves, and how far back its target reaches. */
import type { CategoryId } from "../categories/CategoryId.ts"
import { millisOf } from "../shared/Uuid.ts"
import { nextVersion, type Version } from "../shared/Version.ts"
import type { TaskId } from "../tasks/TaskId.ts"
import type { Change } from "./Change.ts"
import type { PresentStates, UndoPlan, UndoTarget } from "./UndoPlan.ts"

/** The tasks and categories of which a plan needs the present states. */
export interface UndoSubjects {
  readonly tasks: ReadonlyArray<TaskId>
  /** Those that changed, and those that tasks got or lost. */
  readonly categories: ReadonlyArray<CategoryId>
  /** The categories that a change to take back created. */
  readonly created: ReadonlyArray<CategoryId>
}

/** Returns the things that the history of an undo names. */
export const subjectsOf = (history: ReadonlyArray<Change>, isSelected: (change: Change) => boolean): UndoSubjects => {
  const tasks = new Set<TaskId>()
  const categories = new Set<CategoryId>()
  const created = new Set<CategoryId>()
  for (const change of history) {
    if (change.entity === "task") {
      tasks.add(change.entityId)
      for (const { categoryIds = [] } of [change.before ?? {}, change.after ?? {}]) {
        for (const id of categoryIds) categories.add(id)
      }
    } else {
      categories.add(change.entityId)
      if (change.op === "created" && isSelected(change)) created.add(change.entityId)
    }
  }
  return { tasks: [...tasks], categories: [...categories], created: [...created] }
}

/** Returns the versions that the things of a plan have after it. A move to the trash is no new version. */
export const versionsAfter = (
  { steps }: UndoPlan,
  { categories, tasks }: PresentStates,
): ReadonlyMap<TaskId | CategoryId, Version> => {
  const versions = new Map<TaskId | CategoryId, Version>()
  for (const step of steps) {
    const present = step.entity === "task" ? tasks.get(step.entityId) : categories.get(step.entityId)
    const version = versions.get(step.entityId) ?? present?.version
    if (version !== undefined) versions.set(step.entityId, step.op === "deleted" ? version : nextVersion(version))
  }
  return versions
}

/**
 * Whether the target may name changes from before the oldest one that is kept. Ids tell in which millisecond they were
 * made: that of a batch before those of its changes, and that of a session before its first change.
 */
export const mayReachBehind = (target: UndoTarget, oldest: Pick<Change, "id" | "at">): boolean => {
  const isAsOld = (id: string): boolean => millisOf(id) <= millisOf(oldest.id)
  switch (target._tag) {
    case "OneChange":
      return isAsOld(target.changeId)
    case "Batch":
      return isAsOld(target.batchId)
    case "SinceTime":
      return target.since < oldest.at && isAsOld(target.actor.id)
  }
}
