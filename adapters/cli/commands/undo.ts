/** The command that takes changes back. */
import { Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { UndoTarget } from "../../../domain/changes/UndoPlan.ts"
import { toUndoResponse } from "../../http/api/v1/UndoResource.ts"
import { lastBatch, resolveUndo } from "../arguments/UndoReference.ts"
import { withBackend } from "../backend/BackendLayer.ts"
import type { UndoRequest } from "../backend/HistoryCalls.ts"
import { undoReport } from "../output/HistoryViews.ts"
import { print } from "../RootCommand.ts"
import { shortestEnd } from "../ShortId.ts"
import { callAsUser } from "../session/SignedInUser.ts"

const flag = (name: string, description: string) =>
  Flag.Boolean(name).pipe(Flag.withoutNegation, Flag.withDescription(description), Flag.withDefault(false))

export const undo = Command.make(
  "undo",
  {
    change: Argument.String("change").pipe(
      Argument.withDescription(
        `The id of a change or a batch, or the last ${shortestEnd} or more characters of it; without it, what this session did last`,
      ),
      Argument.optional,
    ),
    partial: flag("partial", "Take back the rest if later changes are in the way of a part"),
    dryRun: flag("dry-run", "Print what would be taken back, and change nothing"),
  },
  Effect.fnUntraced(function* ({ change, dryRun: isDryRun, partial: isPartial }) {
    const targets: ReadonlyArray<UndoTarget> = Option.isSome(change)
      ? yield* resolveUndo(change.value)
      : [UndoTarget.Batch({ batchId: yield* lastBatch })]
    const outcome = yield* undoFirst(targets, { isPartial, isDryRun })
    yield* print((style) => undoReport(outcome, style, isDryRun), toUndoResponse(outcome))
  }),
).pipe(
  withBackend,
  Command.withDescription("Take back what you did last, or a change of the history"),
  Command.withExamples([
    { command: "taskwright undo", description: "What this session did last; again for what it did before" },
    { command: "taskwright undo 4a596a --dry-run", description: "A change or a batch by the end of its id" },
    { command: "taskwright undo 4a596a --partial", description: "But for what was changed since" },
  ]),
)

/** Takes back the first target that exists. An old id that is none of them may have been any of them. */
const undoFirst = (targets: ReadonlyArray<UndoTarget>, options: Omit<UndoRequest, "target">) => {
  const [first, ...others] = targets.map((target) => callAsUser((backend) => backend.undo({ ...options, target })))
  if (first === undefined) return Effect.die(new Error("an undo has a target"))
  return others.reduce(
    (attempt, next) =>
      Effect.catchIf(
        attempt,
        (error) => error._tag === "ChangeNotFound" || (error._tag === "UndoExpired" && error.blocked.length === 0),
        () => next,
      ),
    first,
  )
}
