/** Writes the changes of a user to an event stream. */
import { Effect } from "effect"
import { type FollowChanges, type FollowEvent, followChanges } from "../../../../application/changes/FollowChanges.ts"
import { shareFeedReads } from "../../../../application/changes/ShareFeedReads.ts"
import * as ChangeCursor from "../../../../domain/changes/ChangeCursor.ts"
import { toFeedChange } from "../../api/v1/ChangeResource.ts"
import type { AuthenticatedContext } from "../request/RequestContext.ts"
import { changeFrame, resetFrame, upToDateFrame } from "./EventFrames.ts"
import type { EventStream, OpenStreams } from "./OpenStreams.ts"

/** Frames are sent together up to about this size, in UTF-16 units. */
const maxFramesUnits = 64 * 1024

/** Returns the function that opens streams of changes. Streams of one user share their reads of the store. */
export const makeChangeStream = (streams: OpenStreams) => {
  const read = shareFeedReads()

  const emitTo =
    ({ checkIdentity, end, write }: EventStream) =>
    (event: FollowEvent): Effect.Effect<void> => {
      switch (event._tag) {
        case "Changes":
          return Effect.gen(function* () {
            yield* checkIdentity
            let frames = ""
            for (const change of event.page.changes) {
              frames += changeFrame(toFeedChange(change, event.page))
              if (frames.length < maxFramesUnits) continue
              yield* write(frames)
              frames = ""
            }
            if (frames !== "") yield* write(frames)
          })
        case "UpToDate":
          return Effect.andThen(
            write(upToDateFrame(ChangeCursor.encode(event.cursor))),
            // A stream that is opened while the server drains brings what there is, and ends.
            Effect.suspend(() => (streams.isStopping() ? end("shutdown") : Effect.void)),
          )
        case "Reset":
          return Effect.andThen(
            write(resetFrame(event.reason._tag === "CursorExpired" ? "cursor_expired" : "cursor_reset")),
            end("reset"),
          )
      }
    }

  return ({ identity, request }: AuthenticatedContext, command: FollowChanges) =>
    streams.open(identity, request, (stream) => followChanges(command, emitTo(stream), read))
}
