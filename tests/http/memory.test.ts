/** Runs the HTTP suites on the adapters in memory. */
import { Layer } from "effect"
import { memoryWithWorkers } from "../../bootstrap/memory.ts"
import { cheapHashing } from "../support/cheapCrypto.ts"
import { allSuites } from "./suites/index.ts"

allSuites("memory", Layer.merge(memoryWithWorkers, cheapHashing))
