import { memory } from "../../bootstrap/memory.ts"
import { suites } from "./suites/index.ts"

suites("memory", memory)
