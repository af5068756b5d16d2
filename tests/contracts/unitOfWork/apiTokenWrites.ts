/** The writes of API tokens. */
import { Effect } from "effect"
import { ApiTokenRepository } from "../../../application/accounts/tokens/ApiTokenRepository.ts"
import { at, keepApiToken, keepUser, makeApiToken, newTokenHash } from "../../support/entities.ts"
import type { Methods } from "./PreparedWrite.ts"

export const apiTokenRepository: Methods<ApiTokenRepository["Service"]> = {
  findByHash: "read",
  list: "read",
  revokedSince: "read",
  insert: Effect.gen(function* () {
    const tokens = yield* ApiTokenRepository
    const [token, hash] = [makeApiToken(yield* keepUser), newTokenHash()]
    return { write: tokens.insert(token, hash), look: tokens.findByHash(hash) }
  }),
  revoke: Effect.gen(function* () {
    const tokens = yield* ApiTokenRepository
    const { hash, token } = yield* keepApiToken(yield* keepUser)
    return {
      write: tokens.revoke(token.userId, token.id),
      look: Effect.all({
        found: tokens.findByHash(hash),
        isRevoked: Effect.map(tokens.revokedSince(at(0)), (revoked) => revoked.includes(token.id)),
      }),
    }
  }),
  revokeAll: Effect.gen(function* () {
    const tokens = yield* ApiTokenRepository
    const userId = yield* keepUser
    yield* keepApiToken(userId)
    yield* keepApiToken(userId)
    return { write: tokens.revokeAll(userId), look: tokens.list(userId, at(0)) }
  }),
  recordUses: Effect.gen(function* () {
    const tokens = yield* ApiTokenRepository
    const { hash, token } = yield* keepApiToken(yield* keepUser)
    return {
      write: tokens.recordUses([{ userId: token.userId, tokenId: token.id, at: at(9) }]),
      look: tokens.findByHash(hash),
    }
  }),
}
