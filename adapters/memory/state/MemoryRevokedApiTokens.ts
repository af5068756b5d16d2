/** Implements `RevokedApiTokens` for one process. */
import { Layer } from "effect"
import { RevokedApiTokens, trustedMillis } from "../../../application/accounts/tokens/RevokedApiTokens.ts"
import type { ApiTokenId } from "../../../domain/accounts/ApiTokenId.ts"
import { makeRevokedIds } from "./RevokedIds.ts"

/** A look at the store may end, and be trusted, long after it began. */
const leewayMillis = 15 * 60_000

/** Remembers revoked tokens for longer than a process trusts what it has read of one. */
export const layer: Layer.Layer<RevokedApiTokens> = Layer.sync(RevokedApiTokens, () =>
  RevokedApiTokens.of(makeRevokedIds<ApiTokenId>(trustedMillis + leewayMillis)),
)
