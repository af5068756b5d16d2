/** Logs that a collector accepts no spans, and that it does again: once for each, however many batches fail. */
import { Effect } from "effect"

/** A collector that fails now and then is reported once in this time. */
const quietMillis = 60_000

export interface OutageLog {
  readonly recordFailure: (reason: string) => Effect.Effect<void>
  readonly recordSuccess: Effect.Effect<void>
  readonly addDropped: (spans: number) => void
  /** Logs the spans that were dropped since the last line. */
  readonly end: Effect.Effect<void>
}

export const makeOutageLog = (where: string): OutageLog => {
  let since: number | undefined
  let isReported = false
  let reportedAt = Number.NEGATIVE_INFINITY
  let dropped = 0
  const takeDropped = (): number => {
    const count = dropped
    dropped = 0
    return count
  }
  return {
    recordFailure: (reason) =>
      Effect.suspend(() => {
        if (since !== undefined) return Effect.void
        since = performance.now()
        isReported = since - reportedAt >= quietMillis
        if (!isReported) return Effect.void
        reportedAt = since
        return Effect.logWarning(`Traces: ${where} accepts no spans (${reason}). Requests are served without them.`)
      }),
    recordSuccess: Effect.suspend(() => {
      if (since === undefined) return Effect.void
      const seconds = ((performance.now() - since) / 1000).toFixed(1)
      since = undefined
      if (!isReported) return Effect.void
      return Effect.logInfo(
        `Traces: ${where} accepts spans again after ${seconds} s; ${takeDropped()} spans were dropped.`,
      )
    }),
    addDropped: (spans) => {
      dropped += spans
    },
    end: Effect.suspend(() => {
      const count = takeDropped()
      return count === 0 ? Effect.void : Effect.logWarning(`Traces: ${count} spans were dropped.`)
    }),
  }
}
