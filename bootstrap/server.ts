#!/usr/bin/env node
/** The entry point of the service. */
import "effect/schema/SchemaJITCompiler/enable"
import { Layer } from "effect"
import { run } from "./run.ts"
import { serve } from "./serve.ts"

run((settings) => Layer.launch(serve(settings)))
