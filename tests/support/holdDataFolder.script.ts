/** Locks the data folder until the process is killed, and prints a line once it holds the lock. */
import { Effect, Layer } from "effect"
import * as DataFolderLock from "../../adapters/postgres/embedded/DataFolderLock.ts"

const [folder = "", purpose] = process.argv.slice(2)
const held = Effect.sync(() => console.log("held"))

// A pending promise alone does not keep a process alive.
setInterval(() => {}, 60_000)
Effect.runPromise(
  Layer.launch(
    Layer.effectDiscard(held).pipe(
      Layer.provideMerge(DataFolderLock.layer(folder, { purpose: purpose === "command" ? "command" : "server" })),
    ),
  ),
).catch((error) => {
  console.error(String(error.message))
  process.exit(1)
})
