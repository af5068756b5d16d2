import { Effect, Layer } from "effect"
import * as CryptoSecrets from "../adapters/crypto/CryptoSecrets.ts"
import * as SigningKeys from "../adapters/crypto/SigningKeys.ts"
import { Readiness } from "../adapters/http/Readiness.ts"
import * as MemoryEmailSender from "../adapters/memory/MemoryEmailSender.ts"
import * as MemoryGuards from "../adapters/memory/MemoryGuards.ts"
import * as MemoryRepositories from "../adapters/memory/MemoryRepositories.ts"

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

/** Every port, in this process alone: for tests, and for a reader's first steps with the use cases. */
export const memory = Layer.mergeAll(MemoryRepositories.layer, MemoryGuards.layer, MemoryEmailSender.layer).pipe(
  Layer.provideMerge(secrets),
  Layer.merge(Layer.succeed(Readiness, { database: Effect.succeed(true), redis: null })),
)
