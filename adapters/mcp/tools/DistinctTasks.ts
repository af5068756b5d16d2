/** Refuses a call that names a task twice. */
import { Effect } from "effect"
import type { TaskId } from "../../../domain/tasks/TaskId.ts"
import { InvalidArguments } from "../ToolErrors.ts"

/** Runs `then` if no task is named twice. `path` is where the tasks stand in the arguments. */
export const requireDistinct = <A, E, R>(
  path: string,
  ids: ReadonlyArray<TaskId>,
  then: () => Effect.Effect<A, E, R>,
): Effect.Effect<A, E | InvalidArguments, R> => {
  const repeated = ids.findIndex((id, index) => ids.indexOf(id) < index)
  return repeated === -1
    ? then()
    : Effect.fail(
        new InvalidArguments({ errors: [{ path: `${path}.${repeated}`, message: "must not name a task twice" }] }),
      )
}
