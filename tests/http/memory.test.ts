/** Runs the HTTP suites on the adapters in memory. */
import { memoryWithWorkers } from "../../bootstrap/memory.ts"
import { allSuites } from "./suites/index.ts"

allSuites("memory", memoryWithWorkers)
