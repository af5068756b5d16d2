/** Collects garbage during long work, which bounds its memory. */
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { Context, Effect } from "effect"

/**
 * Makes the function that collects garbage after each batch. V8 lets garbage grow with the machine's memory: an import
 * needs some 40 MB at a time and would occupy several times that. A process that holds much else replaces it, because
 * each collection reads all of the memory.
 */
export const CollectGarbage = Context.Reference<Effect.Effect<Effect.Effect<void>>>("taskwright/cli/CollectGarbage", {
  defaultValue: () =>
    Effect.sync(() => {
      setFlagsFromString("--expose-gc")
      const collect = runInNewContext("gc") as () => void
      return Effect.sync(() => collect())
    }),
})

/** Returns the function that collects garbage after each batch. */
export const makeCollectGarbage = Effect.flatten(CollectGarbage)
