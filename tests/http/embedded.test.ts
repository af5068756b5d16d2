/** Runs the HTTP suites of the history on the embedded PostgreSQL, which has one connection. */
import { Effect, Layer } from "effect"
import { Readiness } from "../../adapters/http/server/settings/Readiness.ts"
import * as MemoryEmailSender from "../../adapters/memory/MemoryEmailSender.ts"
import * as MemorySharedState from "../../adapters/memory/state/MemorySharedState.ts"
import * as PostgresRepositories from "../../adapters/postgres/PostgresRepositories.ts"
import { cheapCrypto } from "../support/cheapCrypto.ts"
import { preparedDatabase } from "../support/preparedFolder.ts"
import * as changingCategories from "./suites/changingCategories.ts"
import * as conflicts from "./suites/conflicts.ts"
import * as merges from "./suites/merges.ts"

const readiness = Layer.succeed(Readiness, {
  database: Effect.succeed(true),
  redis: null,
  mail: Effect.succeed(true),
})

const embedded = Layer.mergeAll(MemorySharedState.layer, MemoryEmailSender.layer, readiness).pipe(
  Layer.provideMerge(Layer.merge(Layer.provide(PostgresRepositories.layer, preparedDatabase), cheapCrypto)),
)

for (const { suite } of [changingCategories, conflicts, merges]) suite("embedded PostgreSQL", embedded)
