/** Evaluates `If-Match` on changes: which versions it accepts, and how the change fails for any other. */
import { Data, Effect } from "effect"
import { StaleCategoryVersion, StaleTaskVersion } from "../../../../domain/changes/StaleVersion.ts"
import { type AcceptedVersions, accepts, type Version } from "../../../../domain/shared/Version.ts"
import { type InvalidEtag, parseIfMatch } from "../request/EntityTags.ts"

/** The task's version is none of those that `If-Match` names. */
export class PreconditionFailed extends Data.TaggedError("PreconditionFailed")<{
  readonly conflict: StaleTaskVersion
}> {}

/** The category's version is none of those that `If-Match` names. */
export class CategoryPreconditionFailed extends Data.TaggedError("CategoryPreconditionFailed")<{
  readonly conflict: StaleCategoryVersion
}> {}

/** `If-Match` does not name the version in the body. */
export class PreconditionMismatch extends Data.TaggedError("PreconditionMismatch") {}

/** A change names no version, neither in its body nor in `If-Match`. */
export class VersionRequired extends Data.TaggedError("VersionRequired") {}

type Change<A, E, R> = (accepted: AcceptedVersions) => Effect.Effect<A, E, R>

/** The error of a change, if `If-Match` names the version. */
type FailedPrecondition<E> = E extends StaleTaskVersion
  ? PreconditionFailed
  : E extends StaleCategoryVersion
    ? CategoryPreconditionFailed
    : E

const failedPrecondition = <E>(error: E): FailedPrecondition<E> => {
  const failed =
    error instanceof StaleTaskVersion
      ? new PreconditionFailed({ conflict: error })
      : error instanceof StaleCategoryVersion
        ? new CategoryPreconditionFailed({ conflict: error })
        : error
  return failed as FailedPrecondition<E>
}

/** Runs a change that is conditional only if `If-Match` is present; without it, any version is accepted. */
export const checkIfMatch = <A, E, R>(
  ifMatch: string | undefined,
  change: Change<A, E, R>,
): Effect.Effect<A, FailedPrecondition<E> | InvalidEtag, R> =>
  Effect.flatMap(ifMatch === undefined ? Effect.succeed("any" as const) : read(ifMatch), (accepted) =>
    Effect.mapError(change(accepted), failedPrecondition),
  )

/**
 * Runs a change that MUST name a version: in its body, in `If-Match`, or in both if they agree. A stale version is a
 * failed precondition if the header named it, and else a conflict.
 */
export const checkVersion = <A, E, R>(
  ifMatch: string | undefined,
  version: Version | undefined,
  change: Change<A, E, R>,
): Effect.Effect<A, E | FailedPrecondition<E> | InvalidEtag | PreconditionMismatch | VersionRequired, R> =>
  Effect.gen(function* () {
    if (ifMatch === undefined) return yield* version === undefined ? new VersionRequired() : change(version)
    const accepted = yield* read(ifMatch)
    if (version !== undefined && !accepts(accepted, version)) return yield* new PreconditionMismatch()
    return yield* Effect.mapError(change(version ?? accepted), (error) =>
      isAccepted(error, accepted) ? error : failedPrecondition(error),
    )
  })

/** Whether the header accepts the current version, so that only the version in the body is stale. */
const isAccepted = (error: unknown, accepted: AcceptedVersions): boolean =>
  (error instanceof StaleTaskVersion || error instanceof StaleCategoryVersion) &&
  accepts(accepted, error.current.version)

const read = (ifMatch: string): Effect.Effect<AcceptedVersions, InvalidEtag> => Effect.fromResult(parseIfMatch(ifMatch))
