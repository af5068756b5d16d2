#!/usr/bin/env node
/** The entry point of the service. */
import "effect/schema/SchemaJITCompiler/enable"
import { Layer } from "effect"
import { runProcess } from "./runProcess.ts"
import { serve } from "./serve.ts"

runProcess((settings) => Layer.launch(serve(settings)))
