import { Clock, Effect } from "effect"
import { fromMillis, type Timestamp } from "../../domain/shared/Timestamp.ts"

/** The time by Effect's own `Clock`, which is the clock port: tests and replays provide another. */
export const now: Effect.Effect<Timestamp> = Effect.map(Clock.currentTimeMillis, fromMillis)
