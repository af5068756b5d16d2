/** Combines the adapters of this folder into one layer. */
import { Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import type { CryptoServices } from "../../application/Ports.ts"
import * as Argon2PasswordHasher from "./Argon2PasswordHasher.ts"
import * as ChecksummedApiTokenSecrets from "./ChecksummedApiTokenSecrets.ts"
import * as Ed25519PublicKeys from "./Ed25519PublicKeys.ts"
import * as HkdfPlanSeals from "./HkdfPlanSeals.ts"
import * as HmacOpaqueTokens from "./HmacOpaqueTokens.ts"
import * as JoseAccessTokens from "./JoseAccessTokens.ts"
import * as PooledSecureRandom from "./PooledSecureRandom.ts"
import * as UuidV7Generator from "./UuidV7Generator.ts"

export interface CryptoSecretsOptions {
  readonly accessTokens: JoseAccessTokens.JoseAccessTokensOptions
  readonly passwords?: Argon2PasswordHasher.Argon2PasswordHasherOptions | undefined
}

/** All cryptography that accounts and plans need. */
export const layer = (options: CryptoSecretsOptions): Layer.Layer<CryptoServices> =>
  Layer.mergeAll(
    Argon2PasswordHasher.layer(options.passwords),
    ChecksummedApiTokenSecrets.layer,
    HkdfPlanSeals.layer(options.accessTokens.keys),
    HmacOpaqueTokens.layer,
    JoseAccessTokens.layer(options.accessTokens),
    Ed25519PublicKeys.layer(options.accessTokens.keys),
  ).pipe(
    Layer.provideMerge(UuidV7Generator.layer.pipe(Layer.provide(PooledSecureRandom.layer))),
    Layer.provide(SecureRandom.layerWebCrypto),
  )
