/** The public edge of the cryptography: `CryptoSecrets` provides all of it. Needs argon2 and jose. */
export * as Argon2PasswordHasher from "./Argon2PasswordHasher.ts"
export * as CryptoSecrets from "./CryptoSecrets.ts"
export * as Ed25519PublicKeys from "./Ed25519PublicKeys.ts"
export * as HmacOpaqueTokens from "./HmacOpaqueTokens.ts"
export * as JoseAccessTokens from "./JoseAccessTokens.ts"
export * as PooledSecureRandom from "./PooledSecureRandom.ts"
export * as SigningKeys from "./SigningKeys.ts"
export * as UuidV7Generator from "./UuidV7Generator.ts"
