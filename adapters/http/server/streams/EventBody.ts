/** The body of an event stream: frames that are sent as fast as the client reads them. */
import { Readable } from "node:stream"
import { Effect } from "effect"

/** How many bytes a client may leave unread before the stream writes no more, and for how long, in milliseconds. */
export interface UnreadLimits {
  readonly bytes: number
  readonly millis: number
}

export interface EventBody {
  readonly readable: Readable
  /** Sends a frame, unless the client has left so much unread that the stream writes no more. */
  readonly push: (frame: string) => void
  /** Sends a frame, and waits until less than the limit is unread. Succeeds with false if the time is up. */
  readonly write: (frame: string) => Effect.Effect<boolean>
  /** Ends the body after the frames that are unread. */
  readonly end: () => void
}

/** Makes a body that holds at most one frame more than the limit. */
export const makeEventBody = (limits: UnreadLimits): EventBody => {
  let isEnded = false
  let onRoom: (() => void) | undefined
  const readable = new Readable({
    highWaterMark: limits.bytes,
    // Node calls it when less than the limit is unread.
    read: () => {
      const resume = onRoom
      onRoom = undefined
      resume?.()
    },
  })
  const awaitRoom = Effect.callback<boolean>((resume) => {
    onRoom = () => resume(Effect.succeed(true))
  }).pipe(Effect.timeoutOrElse({ duration: limits.millis, orElse: () => Effect.succeed(false) }))
  const canPush = () => !isEnded && !readable.destroyed
  return {
    readable,
    push: (frame) => {
      if (canPush() && readable.readableLength < limits.bytes) readable.push(frame)
    },
    write: (frame) => Effect.suspend(() => (!canPush() || readable.push(frame) ? Effect.succeed(true) : awaitRoom)),
    end: () => {
      if (!canPush()) return
      isEnded = true
      readable.push(null)
    },
  }
}
