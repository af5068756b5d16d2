/** Cryptography with password hashes that cost almost nothing, for tests in which hashing is not the subject. */
import { Effect, Layer } from "effect"
import * as Argon2PasswordHasher from "../../adapters/crypto/Argon2PasswordHasher.ts"
import * as CryptoSecrets from "../../adapters/crypto/CryptoSecrets.ts"
import * as SigningKeys from "../../adapters/crypto/SigningKeys.ts"

const audience = "taskwright"

const passwords = { cost: { memoryKibibytes: 8, passes: 1 } }

/** Hashing alone. `manyLogins.test.ts` and the tests of whole processes run at the product's own cost. */
export const cheapHashing = Argon2PasswordHasher.layer(passwords)

/** As in `bootstrap/memory.ts`, at a lower cost. */
export const cheapCrypto = Layer.unwrap(
  Effect.map(SigningKeys.generate, (keys) =>
    CryptoSecrets.layer({
      accessTokens: { keys, issuer: audience, audience, lifetimeMillis: 60 * 60 * 1000 },
      passwords,
    }),
  ),
)
