#!/usr/bin/env node
/** The entry point of the service. */
import "effect/schema/SchemaJITCompiler/enable"
import { runProcess } from "./runProcess.ts"
import { startService } from "./startService.ts"

runProcess(startService)
