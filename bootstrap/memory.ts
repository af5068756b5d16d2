import { Effect, Layer } from "effect"
import * as CryptoSecrets from "../adapters/crypto/CryptoSecrets.ts"
import * as SigningKeys from "../adapters/crypto/SigningKeys.ts"
import { Readiness } from "../adapters/http/server/settings/Readiness.ts"
import * as MemoryEmailSender from "../adapters/memory/MemoryEmailSender.ts"
import * as MemoryRepositories from "../adapters/memory/MemoryRepositories.ts"
import * as MemoryGuards from "../adapters/memory/state/MemorySharedState.ts"
import { runOutbox } from "../adapters/workers/EmailWorker.ts"
import { runEmailRequests } from "../application/accounts/email/HandleEmailRequests.ts"

const audience = "taskwright"
const accessTokenLifetimeMillis = 60 * 60 * 1000

/** Secrets with a key of their own, which nothing keeps. */
export const secrets = Layer.unwrap(
  Effect.map(SigningKeys.generate, (keys) =>
    CryptoSecrets.layer({
      accessTokens: { keys, issuer: audience, audience, lifetimeMillis: accessTokenLifetimeMillis },
    }),
  ),
)

/**
 * Every port, in this process alone: for tests, and for a reader's first steps with the use cases. Nothing happens in it
 * by itself; `deliverEmails` delivers what is in the outbox.
 */
export const memory = runEmailRequests.pipe(
  Layer.provideMerge(Layer.mergeAll(MemoryRepositories.layer, MemoryGuards.layer, MemoryEmailSender.layer)),
  Layer.provideMerge(secrets),
  Layer.merge(Layer.succeed(Readiness, { database: Effect.succeed(true), redis: null, mail: Effect.succeed(true) })),
)

/** As `memory`, and it delivers: what is in the outbox is in `SentEmails` soon after. */
export const memoryWithWorkers = Layer.effectDiscard(runOutbox).pipe(Layer.provideMerge(memory))
