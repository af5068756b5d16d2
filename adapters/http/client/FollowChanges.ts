/** Follows a user's changes: over a stream that resumes, or by waiting requests if a proxy holds streams back. */
import { type Cause, Clock, Data, Effect, Option, Queue, Random, Schema, Stream } from "effect"
import type { Sse } from "effect/encoding"
import { FeedChange } from "../api/v1/ChangeResource.ts"
import type { ChangesApi } from "../api/v1/ChangesApi.ts"
import type { Failure, Input, Output } from "./ClientMethods.ts"
import { readEvents } from "./ReadEvents.ts"
import type { EventResponse, RequestFailure } from "./SendRequest.ts"

type Endpoints = (typeof ChangesApi)["endpoints"]
type Query = NonNullable<Input<Endpoints["listChanges"]>["query"]>

/** Where to begin, and which changes are wanted. */
export interface FollowOptions extends Pick<Query, "types"> {
  /** The cursor after which to begin. By default the changes from now on are followed. */
  readonly since?: string
}

/** What a follower is told. */
export type FollowEvent =
  /** A change. It comes once, and in order. `change.cursor` is where to continue after it. */
  | { readonly event: "change"; readonly change: FeedChange }
  /** Everything up to the cursor was told. It comes again after each connection. */
  | { readonly event: "up_to_date"; readonly cursor: string }
  /** The last event: changes are missing. Read the lists again, and follow from their `changes_cursor`. */
  | { readonly event: "reset"; readonly code: "cursor_expired" | "cursor_reset" }

export type Follow = (
  options?: FollowOptions,
) => Stream.Stream<FollowEvent, Failure<Endpoints["listChanges"]> | Failure<Endpoints["streamChanges"]>>

/** The requests that a follower sends. None of them is repeated by itself. */
export interface FollowRequests {
  /** Opens the stream. Succeeds with null if not even the head of the response comes. */
  readonly openEvents: (query: Query) => Effect.Effect<EventResponse | null, RequestFailure>
  readonly listChanges: (query: Query) => Effect.Effect<Output<Endpoints["listChanges"]>, RequestFailure>
}

const waitSeconds = 25
/** After how long of waiting requests the client tries a stream again. */
const waitingSpanMillis = 10 * 60_000
const [firstDelayMillis, maxDelayMillis] = [1_000, 30_000]
/** How many events are read ahead of the program. */
const bufferSize = 16

/** The service cannot continue from the cursor. */
class Reset extends Data.TaggedError("Reset")<{ readonly code: "cursor_expired" | "cursor_reset" }> {}

const decodeChange = Schema.decodeUnknownOption(Schema.fromJsonString(FeedChange))
const decodeUpToDate = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Struct({ cursor: Schema.String })))
const decodeReset = Schema.decodeUnknownOption(
  Schema.fromJsonString(Schema.Struct({ code: Schema.Literals(["cursor_expired", "cursor_reset"]) })),
)

/** Whether the same request can succeed later: the network, the service or a limit was the reason. */
const isPassing = ({ error, status }: RequestFailure): boolean =>
  error.code === "network_error" || status === 429 || (status !== null && status >= 500)

const failIfReset = (failed: RequestFailure): Effect.Effect<never, RequestFailure | Reset> =>
  Effect.fail(
    failed.error.code === "cursor_expired" || failed.error.code === "cursor_reset"
      ? new Reset({ code: failed.error.code })
      : failed,
  )

/** Makes the client's `follow`. It tries again for as long as the program reads, and fails only if that cannot help. */
export const makeFollow =
  (requests: FollowRequests): Follow =>
  (options = {}) =>
    Stream.callback<FollowEvent, RequestFailure["error"]>((queue) => followInto(queue, requests, options), {
      bufferSize,
    }) as ReturnType<Follow>

const followInto = Effect.fnUntraced(function* (
  queue: Queue.Queue<FollowEvent, RequestFailure["error"] | Cause.Done>,
  { listChanges, openEvents }: FollowRequests,
  { since, ...selection }: FollowOptions,
) {
  const clock = yield* Clock.Clock
  const now = () => Number(clock.monotonicTimeNanosUnsafe()) / 1_000_000
  let cursor = since
  let waitsUntil = Number.NEGATIVE_INFINITY
  let isUpToDate = false
  let failures = 0
  let reconnectMillis = firstDelayMillis

  const tell = (event: FollowEvent) => Effect.asVoid(Queue.offer(queue, event))
  const tellChange = Effect.fnUntraced(function* (change: FeedChange) {
    yield* tell({ event: "change", change })
    cursor = change.cursor
  })

  /** Tells what an event of the stream says. Names that this client does not know are left out. */
  const receive = Effect.fnUntraced(function* ({ data, event }: Sse.Event, { unexpected }: EventResponse) {
    const decoded = <A>(value: Option.Option<A>) =>
      Option.isSome(value)
        ? Effect.succeed(value.value)
        : Effect.fail(unexpected(`an event \`${event}\` that the API does not have`))
    failures = 0
    if (event === "change") yield* tellChange(yield* decoded(decodeChange(data)))
    if (event === "reset") return yield* new Reset(yield* decoded(decodeReset(data)))
    if (event !== "up_to_date") return
    const upToDate = yield* decoded(decodeUpToDate(data))
    cursor = upToDate.cursor
    yield* tell({ event, ...upToDate })
  })

  /** Tells the events of one connection. Succeeds with whether anything came before it ended. */
  const readStream = Effect.gen(function* () {
    const response = yield* openEvents({ ...selection, ...(cursor !== undefined && { since: cursor }) })
    if (response === null) return false
    return yield* readEvents(response, {
      onEvent: (event) => receive(event, response),
      onRetry: (millis) => {
        reconnectMillis = Math.min(millis, maxDelayMillis)
      },
    })
  })

  /** Tells the changes after the cursor. If all were told before, waits for the next. */
  const readPage = Effect.gen(function* () {
    const page = yield* listChanges({ ...selection, since: cursor ?? "now", wait: isUpToDate ? waitSeconds : 0 })
    for (const change of page.data) yield* tellChange(change)
    cursor = page.next_cursor
    failures = 0
    if (page.has_more || isUpToDate) return
    isUpToDate = true
    yield* tell({ event: "up_to_date", cursor })
  })

  const step = Effect.gen(function* () {
    // What is written between the start and the first connection is followed too.
    if (cursor === undefined) cursor = (yield* listChanges({ since: "now" })).next_cursor
    if (now() < waitsUntil) return yield* readPage
    if (yield* readStream) return yield* Effect.sleep(reconnectMillis)
    // Nothing came. If the service responds to another request, a proxy holds the stream back.
    isUpToDate = false
    yield* readPage
    waitsUntil = now() + waitingSpanMillis
  }).pipe(Effect.catchIf(isRequestFailure, failIfReset))

  /** Waits before the next try: longer after each failure, at random, and no shorter than the service asks for. */
  const recover = Effect.fnUntraced(function* (failed: RequestFailure) {
    if (failed.error.code === "too_many_streams") {
      waitsUntil = now() + waitingSpanMillis
      return
    }
    if (!isPassing(failed)) return yield* Effect.fail(failed.error)
    const delayMillis = Math.min(firstDelayMillis * 2 ** failures, maxDelayMillis) * (0.5 + (yield* Random.next))
    failures += 1
    yield* Effect.sleep(Math.max(failed.retryAfterMillis ?? 0, delayMillis))
  })

  yield* step.pipe(
    Effect.catchIf(isRequestFailure, recover),
    Effect.forever,
    Effect.catchTag("Reset", ({ code }) => Effect.andThen(tell({ event: "reset", code }), Queue.end(queue))),
  )
})

const isRequestFailure = (error: RequestFailure | Reset): error is RequestFailure => !(error instanceof Reset)
