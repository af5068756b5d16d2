/** The ids between which the changes of a batch have theirs, so that an index of the ids finds them. */
import type { BatchId } from "../../domain/changes/BatchId.ts"

/** More than any request takes. */
const longestMillis = 60 * 60 * 1000
/** A clock that is set back while a request runs moves the ids of its changes before that of their batch. */
const slackMillis = 60 * 1000
/** The first twelve hexadecimal digits of a UUID of version 7 are milliseconds since 1970. */
const timeDigits = 12
const lastTime = 0xffff_ffff_ffff

const prefix = (millis: number): string => {
  const digits = Math.max(0, Math.min(millis, lastTime)).toString(16).padStart(timeDigits, "0")
  return `${digits.slice(0, 8)}-${digits.slice(8)}`
}

/**
 * Returns the lowest and the highest id. The id of a batch is made by the same process and clock as those of its
 * changes. A text with another form finds nothing, as a batch that is gone.
 */
export const batchRange = (batchId: BatchId): { readonly lowest: string; readonly highest: string } => {
  const madeAt = Number.parseInt(batchId.replaceAll("-", "").slice(0, timeDigits), 16)
  return {
    lowest: `${prefix(madeAt - slackMillis)}-0000-0000-000000000000`,
    highest: `${prefix(madeAt + longestMillis)}-ffff-ffff-ffffffffffff`,
  }
}
