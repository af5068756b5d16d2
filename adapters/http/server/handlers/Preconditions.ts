/** Evaluates `If-Match` on changes of a task: which versions it accepts, and how the change fails for any other. */
import { Data, Effect } from "effect"
import { type AcceptedVersions, accepts, type Version } from "../../../../domain/shared/Version.ts"
import type { Task } from "../../../../domain/tasks/Task.ts"
import { VersionConflict } from "../../../../domain/tasks/Task.ts"
import { type InvalidEtag, parseIfMatch } from "../request/EntityTags.ts"

/** The task's version is none of those that `If-Match` names. */
export class PreconditionFailed extends Data.TaggedError("PreconditionFailed")<{ readonly current: Task }> {}

/** `If-Match` does not name the version in the body. */
export class PreconditionMismatch extends Data.TaggedError("PreconditionMismatch") {}

/** A change names no version, neither in its body nor in `If-Match`. */
export class VersionRequired extends Data.TaggedError("VersionRequired") {}

type Change<A, E, R> = (accepted: AcceptedVersions) => Effect.Effect<A, E | VersionConflict, R>

/** Runs a change that is conditional only if `If-Match` is present; without it, any version is accepted. */
export const checkIfMatch = <A, E, R>(
  ifMatch: string | undefined,
  change: Change<A, E, R>,
): Effect.Effect<A, E | InvalidEtag | PreconditionFailed, R> =>
  Effect.flatMap(ifMatch === undefined ? Effect.succeed("any" as const) : read(ifMatch), (accepted) =>
    Effect.mapError(change(accepted), (error) =>
      error instanceof VersionConflict ? new PreconditionFailed({ current: error.current }) : error,
    ),
  )

/**
 * Runs a change that MUST name a version: in its body, in `If-Match`, or in both if they agree. A stale version fails
 * with `PreconditionFailed` if the header named it, with `VersionConflict` if only the body did.
 */
export const checkVersion = <A, E, R>(
  ifMatch: string | undefined,
  version: Version | undefined,
  change: Change<A, E, R>,
): Effect.Effect<
  A,
  E | InvalidEtag | PreconditionFailed | PreconditionMismatch | VersionConflict | VersionRequired,
  R
> =>
  Effect.gen(function* () {
    if (ifMatch === undefined) return yield* version === undefined ? new VersionRequired() : change(version)
    const accepted = yield* read(ifMatch)
    if (version !== undefined && !accepts(accepted, version)) return yield* new PreconditionMismatch()
    return yield* Effect.mapError(change(version ?? accepted), (error) =>
      error instanceof VersionConflict && !accepts(accepted, error.current.version)
        ? new PreconditionFailed({ current: error.current })
        : error,
    )
  })

const read = (ifMatch: string): Effect.Effect<AcceptedVersions, InvalidEtag> => Effect.fromResult(parseIfMatch(ifMatch))
