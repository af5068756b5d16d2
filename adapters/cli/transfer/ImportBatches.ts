/** Splits the tasks of an import into parts that one call can take. */
import { maxImport } from "../backend/Backend.ts"
import type { TaskLine } from "./ExportFormat.ts"

/** How many bytes a task takes in a request beside its texts, and how many each of its categories takes. */
const fieldBytes = 512
const categoryBytes = 64

const bytesOf = ({ categories, description, title }: TaskLine): number =>
  Buffer.byteLength(JSON.stringify([title, description])) + fieldBytes + categories.length * categoryBytes

/** Returns the lines in their order, in parts of at most `maxImport`. */
export const splitIntoBatches = (lines: ReadonlyArray<TaskLine>): ReadonlyArray<ReadonlyArray<TaskLine>> => {
  const batches: Array<Array<TaskLine>> = []
  let batch: Array<TaskLine> = []
  let bytes = 0
  for (const line of lines) {
    const more = bytesOf(line)
    if (batch.length >= maxImport.tasks || (batch.length > 0 && bytes + more > maxImport.bytes)) {
      batches.push(batch)
      batch = []
      bytes = 0
    }
    batch.push(line)
    bytes += more
  }
  return batch.length === 0 ? batches : [...batches, batch]
}
