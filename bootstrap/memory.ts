/** Composes the adapters that keep everything in memory. */
import { Effect, Layer } from "effect"
import * as CryptoSecrets from "../adapters/crypto/CryptoSecrets.ts"
import * as SigningKeys from "../adapters/crypto/SigningKeys.ts"
import { Readiness } from "../adapters/http/server/settings/Readiness.ts"
import * as MemoryEmailSender from "../adapters/memory/MemoryEmailSender.ts"
import * as MemoryRepositories from "../adapters/memory/MemoryRepositories.ts"
import * as MemorySharedState from "../adapters/memory/state/MemorySharedState.ts"
import { runOutbox } from "../adapters/workers/EmailWorker.ts"
import { runEmailRequests } from "../application/mail/HandleEmailRequests.ts"

const audience = "taskwright"
const accessTokenLifetimeMillis = 60 * 60 * 1000

/** Cryptography with a key of its own, which is not stored. */
export const cryptoServices = Layer.unwrap(
  Effect.map(SigningKeys.generate, (keys) =>
    CryptoSecrets.layer({
      accessTokens: { keys, issuer: audience, audience, lifetimeMillis: accessTokenLifetimeMillis },
    }),
  ),
)

/**
 * Every port, in this process alone: for tests, and for first steps with the use cases. It runs no loop;
 * `deliverEmails` delivers the outbox.
 */
export const memory = runEmailRequests.pipe(
  Layer.provideMerge(Layer.mergeAll(MemoryRepositories.layer, MemorySharedState.layer, MemoryEmailSender.layer)),
  Layer.provideMerge(cryptoServices),
  Layer.merge(Layer.succeed(Readiness, { database: Effect.succeed(true), redis: null, mail: Effect.succeed(true) })),
)

/** Like `memory`, with the email worker: an email in the outbox is in `SentEmails` soon after. */
export const memoryWithWorkers = Layer.effectDiscard(runOutbox).pipe(Layer.provideMerge(memory))
