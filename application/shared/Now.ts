/** The current time for use cases. */
import { Clock, Effect } from "effect"
import { fromMillis, type Timestamp } from "../../domain/shared/Timestamp.ts"

/** Returns the time of Effect's own `Clock`, which is the clock port. Tests and replays provide another one. */
export const now: Effect.Effect<Timestamp> = Effect.map(Clock.currentTimeMillis, fromMillis)
