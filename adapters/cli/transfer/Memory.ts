import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { Effect } from "effect"

/** After how many batches memory is given back. */
const batches = 2

/**
 * Gives back what is no longer needed, every few batches. V8 would let garbage grow with the memory of the machine: an
 * import needs some 40 MB at a time and would hold several times that.
 */
export const makeMemoryBound = Effect.sync(() => {
  setFlagsFromString("--expose-gc")
  const collect = runInNewContext("gc") as () => void
  let count = 0
  return Effect.sync(() => {
    count++
    if (count % batches === 0) collect()
  })
})
