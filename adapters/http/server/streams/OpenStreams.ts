/** Keeps the open event streams of a process: counts them, and ends each that may not go on. */
import type { IncomingMessage } from "node:http"
import { Cause, Clock, Context, Data, Effect, Exit, type Fiber, References, Schedule, Scope, Tracer } from "effect"
import { makeIsRevoked } from "../../../../application/accounts/sessions/Authenticate.ts"
import { RevocationSync } from "../../../../application/accounts/sessions/RevocationSync.ts"
import { monotonicMillis } from "../../../../application/shared/MonotonicTime.ts"
import { Unavailable } from "../../../../application/shared/Unavailable.ts"
import type { Identity } from "../../../../domain/accounts/Identity.ts"
import type { UserId } from "../../../../domain/accounts/UserId.ts"
import { toMillis } from "../../../../domain/shared/Timestamp.ts"
import { beforeScrape, counter, gauge } from "../../../telemetry/Metrics.ts"
import { Draining } from "../connections/Drain.ts"
import { HttpResponse } from "../response/HttpResponse.ts"
import { HttpSettings } from "../settings/HttpSettings.ts"
import { makeEventBody } from "./EventBody.ts"
import { expiringFrame, keepAliveFrame, retryFrame } from "./EventFrames.ts"

/** The user has as many open streams in this process as the settings allow. */
export class TooManyStreams extends Data.TaggedError("TooManyStreams") {}

/** Why a stream ended. */
const ends = ["deleted", "disconnected", "expired", "failed", "reset", "revoked", "shutdown", "slow"] as const
export type StreamEnd = (typeof ends)[number]

/** An open stream, as its source uses it. */
export interface EventStream {
  /** Sends a frame. Waits while the client has left much unread, and ends the stream if it does so for too long. */
  readonly write: (frame: string) => Effect.Effect<void>
  /** Ends the stream if its session or token was revoked. The source calls it before it sends what it has read. */
  readonly checkIdentity: Effect.Effect<void>
  /** Ends the stream after what was written. */
  readonly end: (reason: StreamEnd) => Effect.Effect<never>
}

interface OpenStream {
  readonly identity: Identity
  readonly expiresAtMillis: number
  readonly push: (frame: string) => void
  readonly end: (reason: StreamEnd) => void
  isExpiryAnnounced: boolean
  /** When the last frame was sent, by the monotonic clock. */
  lastFrameMillis: number
}

/** How often each stream is checked, in milliseconds. With the poll of revocations it ends within a second of one. */
const checkIntervalMillis = 250
/** How long before its token expires a client is told of it. */
const expiryNoticeMillis = 30_000
const [minRetryMillis, maxRetryMillis] = [1_000, 3_000]

const open = gauge("taskwright_streams_open", "Open event streams.")
const endsTotal = Object.fromEntries(
  ends.map((reason) => [reason, counter("taskwright_streams_ended_total", "Event streams that ended.", { reason })]),
)

/** The headers of a stream. Neither a cache nor a proxy may hold back a part of it. */
const headers = {
  "content-type": "text/event-stream",
  "cache-control": "no-store",
  "x-accel-buffering": "no",
}

/** A client's wait is random, so that those of a stopped process do not all come back at one moment. */
const randomRetryMillis = () => Math.floor(minRetryMillis + Math.random() * (maxRetryMillis - minRetryMillis + 1))

/** A stream outlives the request that opened it, and the request's span. */
const withoutSpan = <R>(services: Context.Context<R>): Context.Context<R> =>
  Context.add(Context.omit(Tracer.ParentSpan)(services) as Context.Context<R>, References.TracerEnabled, false)

/** Makes the registry of a server. It checks the streams until the scope closes. */
export const makeOpenStreams = Effect.gen(function* () {
  const { streamKeepAliveMillis, streamsPerUser, streamUnreadLimits } = yield* HttpSettings
  const isRevoked = yield* makeIsRevoked
  const { ensureCurrent } = yield* RevocationSync
  const draining = yield* Draining
  const clock = yield* Clock.Clock
  const streams = new Set<OpenStream>()
  const countByUser = new Map<UserId, number>()
  yield* Effect.acquireRelease(
    Effect.sync(() => beforeScrape(() => open.set(streams.size))),
    (stop) => Effect.sync(stop),
  )

  /** Counts one more stream of the user; returns false if there are too many. */
  const addTo = (userId: UserId): boolean => {
    const count = countByUser.get(userId) ?? 0
    if (count >= streamsPerUser) return false
    countByUser.set(userId, count + 1)
    return true
  }
  const removeFrom = (userId: UserId): void => {
    const count = (countByUser.get(userId) ?? 0) - 1
    if (count > 0) countByUser.set(userId, count)
    else countByUser.delete(userId)
  }

  const checkStream = Effect.fnUntraced(function* (stream: OpenStream) {
    const untilExpiryMillis = stream.expiresAtMillis - clock.currentTimeMillisUnsafe()
    if (untilExpiryMillis <= 0) return stream.end("expired")
    if (yield* isRevoked(stream.identity)) return stream.end("revoked")
    if (!stream.isExpiryAnnounced && untilExpiryMillis <= expiryNoticeMillis) {
      stream.isExpiryAnnounced = true
      stream.push(expiringFrame(stream.identity.expiresAt))
    }
    if (monotonicMillis(clock) - stream.lastFrameMillis >= streamKeepAliveMillis) stream.push(keepAliveFrame)
  })
  yield* Effect.suspend(() => Effect.forEach(streams, checkStream, { discard: true })).pipe(
    Effect.repeat(Schedule.spaced(checkIntervalMillis)),
    Effect.forkScoped,
  )
  yield* draining.awaitStart.pipe(
    Effect.andThen(
      Effect.sync(() => {
        for (const stream of streams) stream.end("shutdown")
      }),
    ),
    Effect.forkScoped,
  )

  /**
   * Opens a stream. `start` acquires what the stream needs, and returns the effect that writes it. If `start` fails, there
   * is no stream. The response's body ends when that effect does, or for any of the other reasons.
   */
  const openStream = <E, R>(
    identity: Identity,
    request: IncomingMessage,
    start: (stream: EventStream) => Effect.Effect<Effect.Effect<void, never, R>, E, R | Scope.Scope>,
  ): Effect.Effect<HttpResponse, E | TooManyStreams, R> =>
    Effect.uninterruptibleMask((restore) =>
      Effect.gen(function* () {
        const { userId } = identity
        if (!addTo(userId)) return yield* new TooManyStreams()
        const services = withoutSpan(yield* Effect.context<R>())
        const scope = yield* Scope.make()
        const body = makeEventBody(streamUnreadLimits)
        let fiber: Fiber.Fiber<void> | undefined
        let isOpen = true

        const close = (): void => {
          isOpen = false
          removeFrom(userId)
          streams.delete(stream)
          request.socket.off("close", onDisconnect)
          fiber?.interruptUnsafe()
          Effect.runForkWith(services)(Scope.close(scope, Exit.void))
        }
        const stream: OpenStream = {
          identity,
          expiresAtMillis: toMillis(identity.expiresAt),
          push: (frame) => {
            stream.lastFrameMillis = monotonicMillis(clock)
            body.push(frame)
          },
          end: (reason) => {
            if (!isOpen) return
            close()
            endsTotal[reason]?.add(1)
            if (reason !== "slow") return body.end()
            // A plain close would leave the unread frames with the system, which goes on to send them.
            request.socket.resetAndDestroy()
            body.readable.destroy()
          },
          isExpiryAnnounced: false,
          lastFrameMillis: monotonicMillis(clock),
        }
        const onDisconnect = () => stream.end("disconnected")
        const end = (reason: StreamEnd) =>
          Effect.andThen(
            Effect.sync(() => stream.end(reason)),
            Effect.never,
          )
        const checkIdentity = ensureCurrent.pipe(
          Effect.andThen(isRevoked(identity)),
          Effect.flatMap((revoked) => (revoked ? end("revoked") : Effect.void)),
        )
        const write = (frame: string) =>
          Effect.suspend(() => {
            stream.lastFrameMillis = monotonicMillis(clock)
            return Effect.flatMap(body.write(frame), (isRead) => (isRead ? Effect.void : end("slow")))
          })

        const run = yield* restore(Scope.provide(start({ write, checkIdentity, end }), scope)).pipe(
          Effect.onError(() => Effect.sync(close)),
        )
        stream.push(retryFrame(randomRetryMillis()))
        streams.add(stream)
        body.readable.once("close", onDisconnect)
        request.socket.once("close", onDisconnect)
        fiber = Effect.runForkWith(services)(
          Effect.matchCauseEffect(run, {
            onSuccess: () => Effect.sync(() => stream.end("deleted")),
            onFailure: (cause) =>
              Cause.hasInterrupts(cause)
                ? Effect.void
                : Effect.andThen(
                    logFailure(cause),
                    Effect.sync(() => stream.end("failed")),
                  ),
          }),
        )
        return new HttpResponse(200, headers, body.readable)
      }),
    )

  return { open: openStream, isStopping: draining.isDraining }
})

export type OpenStreams = Effect.Success<typeof makeOpenStreams>

const logFailure = (cause: Cause.Cause<never>) => {
  const error = Cause.squash(cause)
  return error instanceof Unavailable
    ? Effect.logWarning("an event stream ended: unavailable", error.dependency)
    : Effect.logError("an event stream failed", cause)
}
