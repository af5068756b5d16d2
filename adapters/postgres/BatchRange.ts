/** The ids between which the changes of a batch have theirs, so that an index of the ids finds them. */
import type { BatchId } from "../../domain/changes/BatchId.ts"

/** More than any request takes. */
const longestMillis = 60 * 60 * 1000
/** The first twelve hexadecimal digits of a UUID of version 7 are milliseconds since 1970. */
const timeDigits = 12
const lastTime = 0xffff_ffff_ffff

/**
 * Returns the lowest and the highest id. The id of a batch is made before those of its changes, by the same process and
 * clock. A batch of one may have the id of its change. A text with another form finds nothing, as a batch that is gone.
 */
export const batchRange = (batchId: BatchId): { readonly lowest: string; readonly highest: string } => {
  const madeAt = Number.parseInt(batchId.replaceAll("-", "").slice(0, timeDigits), 16)
  const end = Math.min(madeAt + longestMillis, lastTime)
    .toString(16)
    .padStart(timeDigits, "0")
  return { lowest: batchId, highest: `${end.slice(0, 8)}-${end.slice(8)}-ffff-ffff-ffffffffffff` }
}
