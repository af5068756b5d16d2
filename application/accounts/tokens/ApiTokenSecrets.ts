/** The port that generates and reads the secrets of API tokens. */
import { Context, type Effect, type Option } from "effect"
import type { TokenHash } from "../../../domain/accounts/TokenHash.ts"

/** A new secret. It is shown once and never stored. */
export interface NewApiTokenSecret {
  readonly secret: string
  readonly hash: TokenHash
  /** How the secret begins. It is stored, and too short to help in guessing the rest. */
  readonly prefix: string
}

/**
 * Generates and reads secrets. Each contains at least 256 bits of randomness, and a checksum, so that a mistyped one is
 * refused without a look at the store.
 */
export class ApiTokenSecrets extends Context.Service<
  ApiTokenSecrets,
  {
    readonly make: Effect.Effect<NewApiTokenSecret>

    /** Whether the text begins as every secret does, and no access token. It costs next to nothing. */
    readonly isSecret: (text: string) => boolean

    /** Returns the hash of the secret, or none if the text cannot be one. */
    readonly read: (text: string) => Option.Option<TokenHash>
  }
>()("taskwright/ApiTokenSecrets") {}
