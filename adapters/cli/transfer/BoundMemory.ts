import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { Effect } from "effect"

/**
 * Gives back, after each batch, what is no longer needed. V8 would let garbage grow with the memory of the machine: an
 * import needs some 40 MB at a time and would hold several times that.
 */
export const makeMemoryBound = Effect.sync(() => {
  setFlagsFromString("--expose-gc")
  const collect = runInNewContext("gc") as () => void
  return Effect.sync(() => collect())
})
