/** Connects the endpoints for changes to their use cases. */
import { Effect, Result } from "effect"
import { makeIsRevoked } from "../../../../application/accounts/sessions/Authenticate.ts"
import { RevocationSync } from "../../../../application/accounts/sessions/RevocationSync.ts"
import { readChanges } from "../../../../application/changes/ReadChanges.ts"
import { Unavailable } from "../../../../application/shared/Unavailable.ts"
import * as ChangeCursor from "../../../../domain/changes/ChangeCursor.ts"
import { defaultFeedLimit, type FeedEntities, type FeedStart, noWait } from "../../../../domain/changes/ChangeFeed.ts"
import type { InvalidCursor } from "../../../../domain/shared/CursorErrors.ts"
import { toFeedChange } from "../../api/v1/ChangeResource.ts"
import type { ChangesApi } from "../../api/v1/ChangesApi.ts"
import { Draining } from "../connections/Drain.ts"
import { unauthorized } from "../middleware/BearerToken.ts"
import { HttpResponse, problemResponse } from "../response/HttpResponse.ts"
import { acceptsEventStream } from "../streams/AcceptEventStream.ts"
import { makeChangeStream } from "../streams/ChangeStream.ts"
import { makeOpenStreams } from "../streams/OpenStreams.ts"
import type { Handlers } from "./Handlers.ts"

const entitiesOf = {
  task: ["task"],
  category: ["category"],
  "task,category": ["task", "category"],
} as const satisfies { readonly [types: string]: FeedEntities }

const startOf = (since: string): Result.Result<FeedStart, InvalidCursor> =>
  since === "now" ? Result.succeed("latest") : ChangeCursor.decode(since)

/**
 * The maximum size of a page, in UTF-16 units of its JSON. A page that would be larger ends sooner. It has at least one
 * change.
 */
const maxPageUnits = 4 * 2 ** 20

/** Refuses a stream because this process has as many held requests as it can. */
const refuseHeld = Effect.die(new Unavailable({ dependency: "room for one more open stream", retryAfterMillis: 5_000 }))

/** Makes the handlers when the process starts, because responses that wait or stream end when it stops. */
export const changesHandlers = Effect.gen(function* () {
  const { awaitStart } = yield* Draining
  const isRevoked = yield* makeIsRevoked
  const { ensureCurrent } = yield* RevocationSync
  const openChangeStream = makeChangeStream(yield* makeOpenStreams)
  const handlers: Handlers<typeof ChangesApi> = {
    listChanges: Effect.fnUntraced(function* ({ query }, { hold, id, identity }) {
      const { userId } = identity
      const since = query.since === undefined ? "oldest" : yield* Effect.fromResult(startOf(query.since))
      const entities = entitiesOf[query.types ?? "task,category"]
      const { limit = defaultFeedLimit, wait: waitSeconds = noWait } = query
      // If there is no room among the held requests, this one counts as in flight while it waits.
      if (waitSeconds > 0) hold()
      const page = yield* readChanges({ userId, since, entities, limit, waitSeconds }, awaitStart)
      // The token was verified before the wait, which can outlast it.
      if (waitSeconds > 0) {
        yield* ensureCurrent
        if (yield* isRevoked(identity)) return unauthorized(id, true)
      }
      const texts: Array<string> = []
      let units = 0
      for (const change of page.changes) {
        const text = JSON.stringify(toFeedChange(change, page))
        units += text.length
        if (units > maxPageUnits && texts.length > 0) break
        texts.push(text)
      }
      const last = page.changes[texts.length - 1]
      const isCut = last !== undefined && texts.length < page.changes.length
      const next_cursor = ChangeCursor.encode(isCut ? ChangeCursor.after(last) : page.next)
      const rest = JSON.stringify({ next_cursor, has_more: isCut || page.hasMore })
      // Each change is written once, and its size known.
      return new HttpResponse(
        200,
        { "content-type": "application/json" },
        `{"data":[${texts.join(",")}],${rest.slice(1)}`,
      )
    }),
    streamChanges: Effect.fnUntraced(function* ({ headers, query }, context) {
      const { hold, id, identity, request } = context
      if (!acceptsEventStream(request.headers.accept)) return problemResponse("not_acceptable", id)
      const lastEventId = headers["last-event-id"] ?? ""
      const since = yield* Effect.fromResult(startOf(lastEventId !== "" ? lastEventId : (query.since ?? "now")))
      if (!hold()) return yield* refuseHeld
      const entities = entitiesOf[query.types ?? "task,category"]
      return yield* openChangeStream(context, { userId: identity.userId, since, entities })
    }),
  }
  return handlers
})
