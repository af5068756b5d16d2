/** Starts the server of a test on a schema of its own. */
import { Effect, Layer, Redacted, type Scope } from "effect"
import { emptySchema, TestSchema } from "../support/postgres.ts"
import { type ServerProcess, startServer } from "../support/serverProcess.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"

/**
 * Starts a server that no limit of requests protects from the load of a test. The scope kills it and drops the schema.
 * `prepare` starts what else the server needs, and returns the settings for that.
 */
export const serverOnPostgres = <E>(
  prepare: Effect.Effect<Record<string, string>, E, Scope.Scope>,
): Effect.Effect<ServerProcess, E, Scope.Scope> =>
  Effect.gen(function* () {
    const { urlOfSchema } = yield* Effect.provide(TestSchema, yield* Layer.build(emptySchema))
    const settings = {
      DATABASE_URL: Redacted.value(urlOfSchema),
      DATA_DIR: yield* temporaryFolder,
      RATE_LIMIT_IP: "1000000",
      RATE_LIMIT_USER: "1000000",
      ...(yield* prepare),
    }
    return yield* Effect.acquireRelease(
      Effect.promise(() => startServer(settings)),
      (server) => Effect.promise(() => server.end("SIGKILL")),
    )
  })
