/** Runs the HTTP suites on the adapters in memory. */
import { memoryWithWorkers } from "../../bootstrap/memory.ts"
import { suites } from "./suites/index.ts"

suites("memory", memoryWithWorkers)
