import "effect/schema/SchemaJITCompiler/enable"
import { Layer } from "effect"
import { RevocationBound } from "../../application/accounts/sessions/RevocationSync.ts"
import { run } from "../../bootstrap/run.ts"
import { serve } from "../../bootstrap/serve.ts"

// The server as its entry point starts it, with a bound that a test can wait for.
const boundMillis = 1_000

run((settings) => Layer.launch(serve(settings).pipe(Layer.provide(Layer.succeed(RevocationBound, boundMillis)))))
