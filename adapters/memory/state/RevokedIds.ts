/** Remembers revoked ids in one process, for a time. */
import { Clock, Effect } from "effect"
import { monotonicMillis } from "../../../application/shared/MonotonicTime.ts"
import { makeGenerationalCache } from "./GenerationalCache.ts"

/** The maximum number of remembered ids; beyond it, those that were revoked first are dropped. */
const idLimit = 1_000_000

/** Remembers each id for at least `spanMillis` after it was revoked last. */
export const makeRevokedIds = <Id extends string>(spanMillis: number) => {
  const revoked = makeGenerationalCache<Id, true>(idLimit, () => spanMillis)
  const remember = (id: Id) =>
    Effect.withFiberSucceed((fiber) => revoked.set(id, true, monotonicMillis(fiber.getRef(Clock.Clock))))
  return {
    revoke: remember,
    remember,
    has: (id: Id) => Effect.withFiberSucceed((fiber) => revoked.has(id, monotonicMillis(fiber.getRef(Clock.Clock)))),
  }
}
