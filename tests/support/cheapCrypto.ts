/** Cryptography with password hashes that cost almost nothing, for tests in which hashing is not the subject. */
import { Effect, Layer } from "effect"
import * as CryptoSecrets from "../../adapters/crypto/CryptoSecrets.ts"
import * as SigningKeys from "../../adapters/crypto/SigningKeys.ts"

const audience = "taskwright"

/** As in `bootstrap/memory.ts`, which the HTTP suites in memory run at the product's own cost. */
export const cheapCrypto = Layer.unwrap(
  Effect.map(SigningKeys.generate, (keys) =>
    CryptoSecrets.layer({
      accessTokens: { keys, issuer: audience, audience, lifetimeMillis: 60 * 60 * 1000 },
      passwords: { cost: { memoryKibibytes: 8, passes: 1 } },
    }),
  ),
)
