/** The tool that takes changes back. */
import { Effect, Schema } from "effect"
import type { ChangeRepository } from "../../../application/changes/ChangeRepository.ts"
import { readHistory } from "../../../application/changes/ReadHistory.ts"
import { undoChanges } from "../../../application/changes/UndoChanges.ts"
import type { Identity } from "../../../domain/accounts/Identity.ts"
import { type ActorReference, actorOf } from "../../../domain/changes/Actor.ts"
import { BatchId } from "../../../domain/changes/BatchId.ts"
import type { Change } from "../../../domain/changes/Change.ts"
import { ChangeNotFound } from "../../../domain/changes/ChangeErrors.ts"
import { lastUndoable } from "../../../domain/changes/LastUndoable.ts"
import { UndoTarget } from "../../../domain/changes/UndoPlan.ts"
import { CursorPageLimit } from "../../../domain/shared/Page.ts"
import { TimestampFromRfc3339 } from "../../../domain/shared/Timestamp.ts"
import { toUndoResponse } from "../../http/api/v1/UndoResource.ts"
import { fittingCount } from "../AnswerLimit.ts"
import { objectOf, optional, type ValuesOf } from "../schema/Arguments.ts"
import { partial, undoOptions } from "../schema/TaskArguments.ts"
import { answerSchema, listSchema, types } from "../TaskAnswers.ts"
import { writeTool } from "../Tool.ts"
import { InvalidArguments } from "../ToolErrors.ts"
import { undoOf, undoSchema } from "../WriteAnswers.ts"

const fields = {
  batch_id: optional(BatchId, { type: "string", format: "uuid", description: "As a write returned it" }),
  last: optional(Schema.Boolean, { type: "boolean", description: "True: your last write" }),
  since: optional(TimestampFromRfc3339, {
    type: "string",
    format: "date-time",
    description: "Everything that you wrote since this RFC 3339 time",
  }),
  partial,
  ...undoOptions,
}
type Args = ValuesOf<typeof fields>

export const undo = writeTool({
  name: "undo",
  title: "Undo",
  description:
    "Take back your writes: give one of batch_id, last or since. All or nothing unless partial. An undo can be undone by its own batch_id.",
  scopes: ["tasks:write"],
  input: objectOf(fields),
  outputSchema: answerSchema({
    applied: types.boolean,
    undone: types.integer,
    results: listSchema(types.object),
    skipped: listSchema(types.object),
    undo: undoSchema,
  }),
  isDestructive: true,
  write: (args, { identity }) =>
    Effect.flatMap(targetOf(args, identity), (target) =>
      undoChanges({
        userId: identity.userId,
        target,
        isPartial: args.partial === true,
        isDryRun: args.dry_run === true,
      }),
    ),
  present: (outcome) => {
    const { batch_id, skipped, undone } = toUndoResponse(outcome)
    const results = undone.map(({ change_id: _, ...rest }) => rest)
    const shown = results.slice(0, fittingCount(results, shownTokens))
    return {
      applied: batch_id !== null,
      undone: undone.length,
      results: shown,
      skipped: skipped.slice(0, fittingCount(skipped, shownTokens)),
      undo: undoOf(outcome.batchId),
    }
  },
})

/** What each list of the answer takes at most. An undo can be of thousands of tasks. */
const shownTokens = 4_000

/** The identity's own session or token. */
const ownActor = (identity: Identity): ActorReference => {
  const actor = actorOf(identity)
  if (actor.kind === "system") throw new Error("no identity is a job")
  return actor.kind === "session" ? { kind: "session", id: actor.id } : { kind: "token", id: actor.id }
}

const oneTarget = new InvalidArguments({
  errors: [{ path: "batch_id", message: "give exactly one of batch_id, last: true and since" }],
})

const targetOf = (
  { batch_id: batchId, last, since }: Args,
  identity: Identity,
): Effect.Effect<UndoTarget, InvalidArguments | ChangeNotFound, ChangeRepository> => {
  if ([batchId != null, last === true, since != null].filter(Boolean).length !== 1) return Effect.fail(oneTarget)
  if (batchId != null) return Effect.succeed(UndoTarget.Batch({ batchId }))
  if (since != null) return Effect.succeed(UndoTarget.SinceTime({ actor: ownActor(identity), since }))
  return Effect.map(lastBatch(identity), (batchId) => UndoTarget.Batch({ batchId }))
}

const pageLimit = CursorPageLimit.make(200)
/** The maximum number of pages that are searched: the newest 1,000 changes. */
const maxPages = 5

/** Returns the last batch of the caller that can be taken back. */
const lastBatch = Effect.fnUntraced(function* (identity: Identity) {
  const changes: Array<Change> = []
  let cursor: string | undefined
  for (let pages = 1; pages <= maxPages; pages++) {
    // The cursor is that of the page before.
    const page = yield* Effect.orDie(readHistory({ userId: identity.userId, cursor, limit: pageLimit }))
    changes.push(...page.data)
    const isAll = page.nextCursor === null
    const found = lastUndoable(changes, ownActor(identity).id, isAll)
    if (found !== undefined) return found
    if (page.nextCursor === null) break
    cursor = page.nextCursor
  }
  return yield* new ChangeNotFound()
})
