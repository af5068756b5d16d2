/** Runs the package's contract suite against the SQLite adapter. */
import { Layer } from "effect"
import { MemoryRepositories } from "taskwright/adapters/memory"
import { suite } from "taskwright/contracts/TaskRepository"
import * as SqliteTaskRepository from "./SqliteTaskRepository.ts"

suite("SQLite", SqliteTaskRepository.layer(":memory:").pipe(Layer.provideMerge(MemoryRepositories.layer)))
