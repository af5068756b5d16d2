/** Starts the service: in this process, or in several, as the settings say. Each part loads its own code. */
import { Effect, Layer } from "effect"
import { workerNumber } from "./processes/workerNumber.ts"
import type { Settings } from "./settings/Settings.ts"

/** Serves until interrupted. */
export const startService = Effect.fnUntraced(function* (settings: Settings) {
  if (workerNumber === undefined && settings.workers > 1) {
    const { runWorkers } = yield* Effect.promise(() => import("./processes/runWorkers.ts"))
    return yield* runWorkers(settings)
  }
  const { serve } = yield* Effect.promise(() => import("./serve.ts"))
  if (workerNumber === undefined) return yield* Layer.launch(serve(settings))
  const ParentLink = yield* Effect.promise(() => import("./processes/ParentLink.ts"))
  return yield* Layer.launch(serve(settings, ParentLink.layer))
})
