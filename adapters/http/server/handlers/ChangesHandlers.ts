/** Connects the endpoints for changes to their use cases. */
import { Effect, Result } from "effect"
import { readChanges } from "../../../../application/changes/ReadChanges.ts"
import * as ChangeCursor from "../../../../domain/changes/ChangeCursor.ts"
import { defaultFeedLimit, type FeedEntities, type FeedStart, noWait } from "../../../../domain/changes/ChangeFeed.ts"
import type { InvalidCursor } from "../../../../domain/shared/CursorErrors.ts"
import { toFeedChange } from "../../api/v1/ChangeResource.ts"
import type { ChangesApi } from "../../api/v1/ChangesApi.ts"
import { Draining } from "../connections/Drain.ts"
import { HttpResponse } from "../response/HttpResponse.ts"
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

/** Makes the handlers when the process starts, because those that wait end when it stops. */
export const changesHandlers = Effect.gen(function* () {
  const { awaitStart } = yield* Draining
  const handlers: Handlers<typeof ChangesApi> = {
    listChanges: Effect.fnUntraced(function* ({ query }, { identity: { userId } }) {
      const since = query.since === undefined ? "oldest" : yield* Effect.fromResult(startOf(query.since))
      const entities = entitiesOf[query.types ?? "task,category"]
      const { limit = defaultFeedLimit, wait: waitSeconds = noWait } = query
      const page = yield* readChanges({ userId, since, entities, limit, waitSeconds }, awaitStart)
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
  }
  return handlers
})
