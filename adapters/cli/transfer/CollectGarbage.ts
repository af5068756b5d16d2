/** Collects garbage during long work, which bounds its memory. */
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { Effect } from "effect"

/**
 * Makes the function that collects garbage after each batch. V8 lets garbage grow with the machine's memory: an import
 * needs some 40 MB at a time and would occupy several times that.
 */
export const makeCollectGarbage = Effect.sync(() => {
  setFlagsFromString("--expose-gc")
  const collect = runInNewContext("gc") as () => void
  return Effect.sync(() => collect())
})
