/**
 * Sends spans to an OpenTelemetry collector, beside the requests that they are of. Effect's own exporter sends any
 * number of batches at once and waits for each without a limit, so a silent collector would fill the memory.
 */
import { Data, Deferred, Effect, Fiber, Latch, Predicate, Random, type Scope } from "effect"
import { counter } from "../Metrics.ts"
import { makeOutageLog } from "./OutageLog.ts"

const exported = counter("taskwright_trace_spans_exported_total", "Spans that the collector has accepted.")
const dropped = counter("taskwright_trace_spans_dropped_total", "Spans that the collector has not accepted.")

export interface ExportLimits {
  /** The maximum number of spans that wait. A span beyond it is dropped. */
  readonly waitingSpans: number
  readonly batchSpans: number
  /** How long spans wait for a batch to fill. */
  readonly intervalMillis: number
  readonly requestTimeoutMillis: number
  /** How often a batch is sent before it is dropped. */
  readonly attempts: number
  readonly minBackoffMillis: number
  readonly maxBackoffMillis: number
  /** How long the end of the process waits for the last spans. */
  readonly shutdownMillis: number
}

export const defaultLimits: ExportLimits = {
  waitingSpans: 4_096,
  batchSpans: 256,
  intervalMillis: 5_000,
  requestTimeoutMillis: 10_000,
  attempts: 5,
  minBackoffMillis: 1_000,
  maxBackoffMillis: 30_000,
  shutdownMillis: 3_000,
}

interface EncodedSpans {
  readonly body: Uint8Array<ArrayBuffer>
  readonly contentType: string
}

export interface ExportOptions<Span> {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly encode: (spans: ReadonlyArray<Span>) => EncodedSpans
  readonly limits: ExportLimits
}

/**
 * Returns a function that takes an ended span. It never waits and never fails. When the scope closes, the waiting spans
 * are sent once.
 */
export const makeSpanExporter = Effect.fnUntraced(function* <Span>(
  options: ExportOptions<Span>,
): Effect.fn.Return<(span: Span) => void, never, Scope.Scope> {
  const { limits } = options
  const outage = makeOutageLog(new URL(options.url).origin)
  const stop = yield* Deferred.make<void>()
  const isStopping = () => Deferred.isDoneUnsafe(stop)
  const hasBatch = Latch.makeUnsafe()
  let waiting: Array<Span> = []

  const drop = (count: number): void => {
    waiting = waiting.slice(count)
    dropped.add(count)
    outage.addDropped(count)
  }

  const pause = (millis: number) => Effect.raceFirst(Effect.sleep(millis), Deferred.await(stop))

  /** Sends the oldest spans, until the collector accepts them or they are dropped. */
  const sendBatch = Effect.gen(function* () {
    const batch = waiting.slice(0, limits.batchSpans)
    for (let attempt = 1; batch.length > 0; attempt++) {
      const failure = yield* Effect.match(send(options, batch), { onSuccess: () => null, onFailure: (error) => error })
      if (failure === null) {
        waiting = waiting.slice(batch.length)
        exported.add(batch.length)
        return yield* outage.recordSuccess
      }
      yield* outage.recordFailure(failure.reason)
      if (isStopping()) return drop(waiting.length)
      if (!failure.canRetry || attempt >= limits.attempts) return drop(batch.length)
      yield* pause(yield* backoffMillis(limits, attempt, failure.retryAfterMillis))
    }
  })

  const run = Effect.gen(function* () {
    while (!isStopping()) {
      yield* Effect.raceFirst(hasBatch.await, pause(limits.intervalMillis))
      hasBatch.closeUnsafe()
      do yield* sendBatch
      while (waiting.length >= limits.batchSpans)
    }
    while (waiting.length > 0) yield* sendBatch
  })

  const fiber = yield* Effect.forkScoped(run)
  yield* Effect.addFinalizer(() =>
    Deferred.succeed(stop, undefined).pipe(
      Effect.andThen(Fiber.await(fiber)),
      Effect.interruptible,
      Effect.timeoutOption(limits.shutdownMillis),
      Effect.andThen(Effect.sync(() => drop(waiting.length))),
      Effect.andThen(outage.end),
    ),
  )

  return (span) => {
    if (waiting.length >= limits.waitingSpans) {
      dropped.add(1)
      outage.addDropped(1)
      return
    }
    waiting.push(span)
    if (waiting.length === limits.batchSpans) hasBatch.openUnsafe()
  }
})

/** The collector has not accepted a batch. */
class NotAccepted extends Data.TaggedError("NotAccepted")<{
  /** A status, or the code of a network error. */
  readonly reason: string
  readonly canRetry: boolean
  /** How long the collector asks to wait; 0 if it does not. */
  readonly retryAfterMillis: number
}> {}

/** The statuses after which the protocol allows a retry. */
const retriedStatuses = new Set([429, 502, 503, 504])

const send = <Span>({ encode, headers, limits, url }: ExportOptions<Span>, spans: ReadonlyArray<Span>) =>
  Effect.tryPromise({
    try: async (signal) => {
      const { body, contentType } = encode(spans)
      const response = await fetch(url, {
        method: "POST",
        headers: { ...headers, "content-type": contentType },
        body,
        // The headers can have a key of the collector, which no other host gets.
        redirect: "manual",
        signal: AbortSignal.any([signal, AbortSignal.timeout(limits.requestTimeoutMillis)]),
      })
      await response.body?.cancel()
      return response
    },
    catch: (error) => new NotAccepted({ reason: codeOf(error), canRetry: true, retryAfterMillis: 0 }),
  }).pipe(
    Effect.flatMap(({ headers, ok, status }) =>
      ok
        ? Effect.void
        : Effect.fail(
            new NotAccepted({
              reason: `status ${status}`,
              canRetry: retriedStatuses.has(status),
              retryAfterMillis: 1_000 * (Number(headers.get("retry-after")) || 0),
            }),
          ),
    ),
  )

/** Returns the code of an error, because its message could repeat a header. */
const codeOf = (error: unknown): string => {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
  if (Predicate.hasProperty(cause, "code") && typeof cause.code === "string") return cause.code
  return cause instanceof Error ? cause.name : "unknown"
}

/** Processes that lost the collector at the same time retry at different times. */
const backoffMillis = (limits: ExportLimits, attempt: number, retryAfterMillis: number): Effect.Effect<number> =>
  Effect.map(Random.next, (random) => {
    const millis = Math.max(retryAfterMillis, limits.minBackoffMillis * 2 ** (attempt - 1))
    return Math.min(limits.maxBackoffMillis, millis) * (1 - random / 4)
  })
