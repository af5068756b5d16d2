/**
 * Writes the frames of an event stream (WHATWG HTML, server-sent events). Only a change has an `id`, so that control
 * frames never move `Last-Event-ID`.
 */
import type { FeedChange } from "../../api/v1/ChangeResource.ts"

const frame = (event: string, data: unknown): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`

export const changeFrame = (change: FeedChange): string => `id: ${change.cursor}\n${frame("change", change)}`

/** Says that the client has seen everything up to the cursor. */
export const upToDateFrame = (cursor: string): string => frame("up_to_date", { cursor })

/** Says that the client has to begin anew. The stream ends after it. */
export const resetFrame = (code: "cursor_expired" | "cursor_reset"): string => frame("reset", { code })

/** Says when the access token expires, and the stream with it. */
export const expiringFrame = (at: string): string => frame("expiring", { at })

/** Says how long a client waits, in milliseconds, before it connects again. */
export const retryFrame = (millis: number): string => `retry: ${millis}\n\n`

export const keepAliveFrame = ": keep-alive\n\n"
