/** Reads the server-sent events of one connection, until it ends or is lost. */
import { Cause, Data, Duration, Effect, Option, Stream } from "effect"
import { Sse } from "effect/encoding"
import type { EventResponse, RequestFailure } from "./SendRequest.ts"

/** After how long without the first byte a proxy may be what holds the stream back. The service sends it at once. */
export const firstByteMillis = 5_000
/** After how long without a byte the connection is lost. The service sends one every 15 seconds. */
const silenceMillis = 45_000

/** The body ended, or its connection was lost. */
class Ended extends Data.TaggedError("Ended") {}

export interface EventHandlers<E> {
  /** Handles one event. No more is read before it has succeeded. */
  readonly onEvent: (event: Sse.Event) => Effect.Effect<void, E>
  /** Receives the time to wait before another connection, in milliseconds. */
  readonly onRetry: (millis: number) => void
}

/** Reads until the connection ends. Succeeds with whether anything was received at all. */
export const readEvents = <E>(
  { parts, unexpected }: EventResponse,
  { onEvent, onRetry }: EventHandlers<E>,
): Effect.Effect<boolean, E | RequestFailure> =>
  Effect.gen(function* () {
    const pull = yield* Stream.toPull(parts)
    // The errors and defects of many clients contain the request, with its token.
    const next = Effect.catchCause(pull, (cause) =>
      Cause.hasInterrupts(cause) ? Effect.interrupt : Effect.fail(new Ended()),
    )
    const decoder = new TextDecoder()
    const events: Array<Sse.Event> = []
    const parser = Sse.makeParser((parsed) => {
      if (parsed._tag === "Event") events.push(parsed)
      else onRetry(Duration.toMillis(parsed.duration))
    })
    let isHeard = false
    while (true) {
      const received = yield* Effect.option(Effect.timeout(next, isHeard ? silenceMillis : firstByteMillis))
      if (Option.isNone(received)) return isHeard
      isHeard = true
      for (const part of received.value) {
        const isTooLarge = parser.feed(decoder.decode(part, { stream: true })) !== undefined
        if (isTooLarge) return yield* Effect.fail(unexpected("an event that is too large"))
      }
      for (const event of events.splice(0)) yield* onEvent(event)
    }
  }).pipe(Effect.scoped)
