/** Implements `ApiTokenRepository` on the memory store. */
import { Effect, HashMap, Layer, Option, Result } from "effect"
import { ApiTokenRepository, minUseMillis } from "../../application/accounts/tokens/ApiTokenRepository.ts"
import type { ApiToken } from "../../domain/accounts/ApiToken.ts"
import type { ApiTokenId } from "../../domain/accounts/ApiTokenId.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { compareCodePoints } from "../../domain/shared/CodePointOrder.ts"
import { plusMillis, type Timestamp } from "../../domain/shared/Timestamp.ts"
import { revokedSince, withRevoked } from "./MemoryRevocations.ts"
import { MemoryStore, ownedRows, rowsOf, type State, withRows } from "./MemoryStore.ts"

/** Sorts the newest first, in the same order as the PostgreSQL adapter. */
const byCreation = (one: ApiToken, other: ApiToken): number =>
  compareCodePoints(other.createdAt, one.createdAt) || compareCodePoints(other.id, one.id)

/** Revokes the user's tokens that pass the test. Returns their ids and the new state. */
const revokeWhere = (
  state: State,
  userId: UserId,
  at: Timestamp,
  test: (token: ApiToken) => boolean,
): readonly [ReadonlyArray<ApiTokenId>, State] => {
  const rows = rowsOf(state, userId)
  if (rows === undefined) return [[], state]
  const revoked = HashMap.toEntries(rows.apiTokens).filter(([, token]) => test(token))
  const [hashes, ids] = [revoked.map(([hash]) => hash), revoked.map(([, { id }]) => id)]
  return [
    ids,
    {
      ...withRows(state, userId, { ...rows, apiTokens: HashMap.removeMany(rows.apiTokens, hashes) }),
      apiTokenOwners: HashMap.removeMany(state.apiTokenOwners, hashes),
      revokedApiTokens: withRevoked(state.revokedApiTokens, ids, at),
    },
  ]
}

/** API tokens in the memory store, by user. */
export const layer: Layer.Layer<ApiTokenRepository, never, MemoryStore> = Layer.effect(
  ApiTokenRepository,
  Effect.gen(function* () {
    const { modify, now, read, write } = yield* MemoryStore
    return ApiTokenRepository.of({
      insert: (token, hash) =>
        write((state) => {
          const rows = ownedRows(state, token.userId)
          return Result.succeed({
            ...withRows(state, token.userId, { ...rows, apiTokens: HashMap.set(rows.apiTokens, hash, token) }),
            apiTokenOwners: HashMap.set(state.apiTokenOwners, hash, token.userId),
          })
        }),
      findByHash: (hash) =>
        read((state) =>
          Effect.succeed(
            Option.gen(function* () {
              const userId = yield* HashMap.get(state.apiTokenOwners, hash)
              const rows = yield* HashMap.get(state.users, userId)
              return yield* HashMap.get(rows.apiTokens, hash)
            }),
          ),
        ),
      list: (userId, at) =>
        read((state) =>
          Effect.succeed(
            HashMap.toValues(rowsOf(state, userId)?.apiTokens ?? HashMap.empty())
              .filter(({ expiresAt }) => expiresAt > at)
              .sort(byCreation),
          ),
        ),
      revoke: (userId, tokenId) =>
        Effect.flatMap(now, (at) =>
          modify((state) => {
            const [ids, next] = revokeWhere(state, userId, at, ({ id }) => id === tokenId)
            return Result.succeed([ids.length > 0, next] as const)
          }),
        ),
      revokeAll: (userId) =>
        Effect.flatMap(now, (at) => modify((state) => Result.succeed(revokeWhere(state, userId, at, () => true)))),
      revokedSince: (at) => read(({ revokedApiTokens }) => Effect.succeed(revokedSince(revokedApiTokens, at))),
      recordUses: (uses) =>
        write((state) => {
          let next = state
          for (const { at, tokenId, userId } of uses) {
            const rows = rowsOf(next, userId)
            if (rows === undefined) continue
            const isStale = ({ id, lastUsedAt }: ApiToken) =>
              id === tokenId && (lastUsedAt === null || lastUsedAt <= plusMillis(at, -minUseMillis))
            const apiTokens = HashMap.map(rows.apiTokens, (token) =>
              isStale(token) ? { ...token, lastUsedAt: at } : token,
            )
            next = withRows(next, userId, { ...rows, apiTokens })
          }
          return Result.succeed(next)
        }),
    })
  }),
)
