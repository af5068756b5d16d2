/** Starts the server as its entry point does, with a trust bound that a test can wait for. */
import "effect/schema/SchemaJITCompiler/enable"
import { Layer } from "effect"
import { RevocationBound } from "../../application/accounts/sessions/RevocationSync.ts"
import { runProcess } from "../../bootstrap/runProcess.ts"
import { serve } from "../../bootstrap/serve.ts"

const boundMillis = 1_000

runProcess((settings) => Layer.launch(serve(settings).pipe(Layer.provide(Layer.succeed(RevocationBound, boundMillis)))))
