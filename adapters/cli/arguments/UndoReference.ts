/** Resolves what an undo is of: a change or a batch by its id or a part of it, or the last batch of this session or token. */
import { Effect } from "effect"
import type { BatchId } from "../../../domain/changes/BatchId.ts"
import type { Change } from "../../../domain/changes/Change.ts"
import type { ChangeId } from "../../../domain/changes/ChangeId.ts"
import { lastUndoable } from "../../../domain/changes/LastUndoable.ts"
import { UndoTarget } from "../../../domain/changes/UndoPlan.ts"
import { CursorPageLimit } from "../../../domain/shared/Page.ts"
import { InvalidInput, NotFound } from "../CliErrors.ts"
import { isNamedBy, isShortId, shortestEnd, shortIds } from "../ShortId.ts"
import { callAsUser } from "../session/SignedInUser.ts"

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const pageLimit = CursorPageLimit.make(200)
/** The maximum number of pages that are searched: the newest 5,000 changes. */
const maximumPages = 25

/** Reads the newest changes, until the result of those that are read is not undefined. Returns undefined at the end. */
const searchHistory = Effect.fnUntraced(function* <A>(
  find: (changes: ReadonlyArray<Change>, isAll: boolean) => A | undefined,
) {
  const changes: Array<Change> = []
  let cursor: string | undefined
  for (let pages = 1; pages <= maximumPages; pages++) {
    const query = { cursor, limit: pageLimit }
    const page = yield* callAsUser((backend) => backend.readHistory(query))
    changes.push(...page.data)
    const found = find(changes, page.nextCursor === null)
    if (found !== undefined || page.nextCursor === null) return found
    cursor = page.nextCursor
  }
  return undefined
})

/**
 * Returns the possible targets, of which the first that exists is meant: a whole id can be that of a batch or a change.
 * Fails if a part of an id matches nothing, or more than one thing.
 */
export const resolveUndo = Effect.fnUntraced(function* (reference: string) {
  const text = reference.trim().toLowerCase()
  if (uuid.test(text)) {
    return [
      UndoTarget.Batch({ batchId: text as BatchId }),
      UndoTarget.OneChange({ changeId: text as ChangeId }),
    ] satisfies ReadonlyArray<UndoTarget>
  }
  if (!isShortId(text)) {
    const message = `"${reference}" names no change. Give its id, or the last ${shortestEnd} or more characters of it.`
    return yield* new InvalidInput({ message })
  }
  const targets = new Map<string, UndoTarget>()
  yield* searchHistory((changes, isAll) => {
    for (const { batchId, id } of changes) {
      if (isNamedBy(batchId, text)) targets.set(batchId, UndoTarget.Batch({ batchId }))
      else if (isNamedBy(id, text)) targets.set(id, UndoTarget.OneChange({ changeId: id }))
    }
    return targets.size > 0 || isAll ? true : undefined
  })
  const [found, ...others] = targets.values()
  if (found === undefined) {
    return yield* new NotFound({ message: `No change and no batch has an id that ends with ${text}.` })
  }
  if (others.length > 0) {
    const message = `${text} names more than one change: ${shortIds([...targets.keys()]).join(", ")}.`
    return yield* new InvalidInput({ message })
  }
  return [found] satisfies ReadonlyArray<UndoTarget>
})

const onlyOne = CursorPageLimit.make(1)

/** Returns the last batch of this session, or of this API token, that is neither an undo, nor taken back, nor gone for good. */
export const lastBatch = Effect.gen(function* () {
  const own = yield* callAsUser((backend) => backend.readHistory({ isOwn: true, limit: onlyOne }))
  const actorId = own.data[0]?.actor.id ?? null
  const found =
    actorId === null ? undefined : yield* searchHistory((changes, isAll) => lastUndoable(changes, actorId, isAll))
  return found === undefined
    ? yield* new NotFound({ message: "This session has no change to take back. See: taskwright history" })
    : found
})
