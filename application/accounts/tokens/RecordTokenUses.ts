/** Records when API tokens were last used, apart from the requests that use them. */
import { Effect, Schedule } from "effect"
import type { ApiTokenId } from "../../../domain/accounts/ApiTokenId.ts"
import { ApiTokenRepository, type ApiTokenUse } from "./ApiTokenRepository.ts"

/** How often uses are written, in milliseconds. */
const intervalMillis = 5_000
/** How many uses wait for that at most. A process with more tokens in use leaves some out until the next time. */
const maxWaiting = 10_000
/** Few enough for one statement. */
const batchUses = 500
/** How long the last uses may delay the stop of the process, in milliseconds. */
const lastWriteMillis = 2_000

/**
 * Returns a function that notes a use, which the store learns of within five seconds. Of a token only the last use is
 * written. What waits at the end of the scope is written then. Uses are lost if the store is unavailable for long.
 */
export const makeTokenUses = Effect.gen(function* () {
  const tokens = yield* ApiTokenRepository
  const waiting = new Map<ApiTokenId, ApiTokenUse>()
  let isFailing = false

  const write = Effect.gen(function* () {
    while (waiting.size > 0) {
      const uses = [...waiting.values()].slice(0, batchUses)
      yield* tokens.recordUses(uses)
      // A use that was noted meanwhile stays.
      for (const use of uses) if (waiting.get(use.tokenId) === use) waiting.delete(use.tokenId)
    }
    isFailing = false
  }).pipe(
    Effect.catchCause((cause) => {
      if (isFailing) return Effect.void
      isFailing = true
      return Effect.logWarning("Could not record the last uses of API tokens; trying again.", cause)
    }),
  )

  yield* Effect.addFinalizer(() => Effect.ignore(Effect.timeoutOption(write, lastWriteMillis)))
  yield* write.pipe(Effect.repeat(Schedule.spaced(intervalMillis)), Effect.forkScoped)

  return (use: ApiTokenUse): void => {
    if (waiting.size < maxWaiting || waiting.has(use.tokenId)) waiting.set(use.tokenId, use)
  }
})
