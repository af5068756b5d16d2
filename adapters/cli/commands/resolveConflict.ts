/** The dialogue of `edit` about a task that was changed since: which values of both sides are kept. */
import { Effect, Struct } from "effect"
import { Prompt } from "effect/cli"
import type { StaleTaskVersion } from "../../../domain/changes/StaleVersion.ts"
import { fieldNames, type TaskChanges } from "../../../domain/tasks/TaskFields.ts"
import { conflictsOf, fieldList } from "../output/Conflicts.ts"
import { style } from "../output/Style.ts"
import { fieldViews } from "../output/TaskViews.ts"

/**
 * Asks what becomes of the change, and returns the part of it to apply to the present version. Null means that the task
 * stays as it is.
 */
export const resolveConflict = Effect.fnUntraced(function* (conflict: StaleTaskVersion, changes: TaskChanges) {
  const conflicts = conflictsOf(conflict, changes)
  if (conflicts.length === 0) {
    const isMerged = yield* Prompt.run(
      Prompt.Select({ message: "Your change goes together with it.", choices: merging }),
    )
    return isMerged ? changes : null
  }
  const side = yield* Prompt.run(
    Prompt.Select({ message: `Both changed: ${fieldList(conflicts)}.`, choices: sidesOf(conflicts, changes) }),
  )
  if (side === "mine") return changes
  if (side === "theirs") return null
  const rejected: Array<keyof TaskChanges> = []
  for (const field of conflicts) {
    if (!(yield* isMineWanted(conflict, changes, field))) rejected.push(field)
  }
  const rest: TaskChanges = Struct.omit(changes, rejected)
  return fieldNames.some((field) => rest[field] !== undefined) ? rest : null
})

const merging = [
  { title: "merge", value: true, description: "keep both changes" },
  { title: "theirs", value: false, description: "leave the task as it is now" },
]

type Side = "merge" | "mine" | "theirs"

/** A field by field choice makes a difference only if there is more than one field. */
const sidesOf = (conflicts: ReadonlyArray<keyof TaskChanges>, changes: TaskChanges) => {
  const isOneFieldSent = fieldNames.filter((field) => changes[field] !== undefined).length === 1
  const merge = {
    title: "merge",
    value: "merge" as Side,
    description: "choose field by field, and keep the rest of both",
  }
  return [
    ...(conflicts.length === 1 && isOneFieldSent ? [] : [merge]),
    { title: "theirs", value: "theirs" as Side, description: "leave the task as it is now" },
    { title: "mine", value: "mine" as Side, description: "your values win" },
  ]
}

const isMineWanted = Effect.fnUntraced(function* (
  { current }: StaleTaskVersion,
  changes: TaskChanges,
  field: keyof TaskChanges,
) {
  const [name, of] = fieldViews(yield* style)[field]
  const mine = { ...current, ...Struct.pick(changes, [field]) } as typeof current
  return yield* Prompt.run(
    Prompt.Select({
      message: `Which ${name}?`,
      choices: [
        { title: "theirs", value: false, description: of(current) },
        { title: "mine", value: true, description: of(mine) },
      ],
    }),
  )
})
