#!/usr/bin/env node
import "effect/schema/SchemaJITCompiler/enable"
import { Layer } from "effect"
import { run } from "./run.ts"
import { serve } from "./serve.ts"

run((settings) => Layer.launch(serve(settings)))
