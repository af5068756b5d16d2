/** Implements `PasswordResetRepository` on the memory store. */
import { Effect, Layer, Option, Result } from "effect"
import { PasswordResetRepository } from "../../application/accounts/passwords/PasswordResetRepository.ts"
import type { PasswordReset } from "../../domain/accounts/PasswordReset.ts"
import type { TokenHash } from "../../domain/accounts/TokenHash.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { MemoryStore, ownedRows, rowsOf, type State, withRows } from "./MemoryStore.ts"

type TakeResult = readonly [Option.Option<PasswordReset>, State]

const findIn = (state: State, userId: UserId, tokenHash: TokenHash): Option.Option<PasswordReset> =>
  Option.filter(Option.fromNullishOr(rowsOf(state, userId)?.reset), (reset) => reset.tokenHash === tokenHash)

const without = (state: State, userId: UserId): State => {
  const rows = rowsOf(state, userId)
  return rows === undefined ? state : withRows(state, userId, { ...rows, reset: null })
}

/** Open password resets in the memory store, at most one per user. */
export const layer: Layer.Layer<PasswordResetRepository, never, MemoryStore> = Layer.effect(
  PasswordResetRepository,
  Effect.gen(function* () {
    const { modify, read, write } = yield* MemoryStore
    return PasswordResetRepository.of({
      replace: (reset) =>
        write((state) => Result.succeed(withRows(state, reset.userId, { ...ownedRows(state, reset.userId), reset }))),
      find: (userId, tokenHash) => read((state) => Effect.succeed(findIn(state, userId, tokenHash))),
      take: (userId, tokenHash) =>
        modify((state): Result.Result<TakeResult> => {
          const found = findIn(state, userId, tokenHash)
          return Result.succeed([found, Option.isSome(found) ? without(state, userId) : state])
        }),
      remove: (userId) => write((state) => Result.succeed(without(state, userId))),
    })
  }),
)
