/** Opens the database of this installation for a dump or a restore. */
import { Effect, Layer, Option } from "effect"
import type { BackupStore } from "../../../application/backup/BackupStore.ts"
import { Unavailable } from "../../../application/shared/Unavailable.ts"
import { CliEnvironment } from "../CliEnvironment.ts"
import { InvalidInput, Unreachable } from "../CliErrors.ts"
import { rootCommand } from "../RootCommand.ts"

/** Runs the effect on the whole local database. A server is refused: no API passes password hashes on. */
export const onBackupStore = Effect.fnUntraced(function* <A, E, R>(
  command: "dump" | "restore",
  effect: Effect.Effect<A, E, R | BackupStore>,
) {
  const { server } = yield* rootCommand
  if (Option.isSome(server)) {
    const message = `${command} works on the database of this installation: leave out --server and TASKWRIGHT_SERVER.`
    return yield* new InvalidInput({ message })
  }
  const store = yield* (yield* CliEnvironment).backupStore(command)
  return yield* Effect.scoped(
    Effect.flatMap(Effect.mapError(Layer.build(store), notOpened), (context) => Effect.provideContext(effect, context)),
  ).pipe(
    Effect.catchDefect((defect) =>
      defect instanceof Unavailable
        ? Effect.fail(new Unreachable({ message: `Not available at the moment: ${defect.dependency}` }))
        : Effect.die(defect),
    ),
  )
})

const notOpened = (error: Error): Unreachable => {
  const isHeld = "_tag" in error && error._tag === "DataFolderInUse"
  const advice = isHeld ? " Stop it first." : ""
  return new Unreachable({ message: `${error.message || String(error)}${advice}` })
}
