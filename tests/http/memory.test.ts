import { memoryWithWorkers } from "../../bootstrap/memory.ts"
import { suites } from "./suites/index.ts"

suites("memory", memoryWithWorkers)
