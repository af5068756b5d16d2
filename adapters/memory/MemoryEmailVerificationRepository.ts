/** Implements `EmailVerificationRepository` on the memory store. */
import { Effect, Layer, Option, Result } from "effect"
import { EmailVerificationRepository } from "../../application/accounts/email/EmailVerificationRepository.ts"
import type { EmailVerification } from "../../domain/accounts/EmailVerification.ts"
import { MemoryStore, ownedRows, rowsOf, type State, withRows } from "./MemoryStore.ts"

type TakeResult = readonly [Option.Option<EmailVerification>, State]

/** Open verifications in the memory store, at most one per user. */
export const layer: Layer.Layer<EmailVerificationRepository, never, MemoryStore> = Layer.effect(
  EmailVerificationRepository,
  Effect.gen(function* () {
    const { modify, write } = yield* MemoryStore
    return EmailVerificationRepository.of({
      replace: (verification) =>
        write((state) => {
          const rows = ownedRows(state, verification.userId)
          return Result.succeed(withRows(state, verification.userId, { ...rows, verification }))
        }),
      take: (userId, tokenHash) =>
        modify((state): Result.Result<TakeResult> => {
          const rows = rowsOf(state, userId)
          if (rows === undefined || rows.verification?.tokenHash !== tokenHash) {
            return Result.succeed([Option.none(), state])
          }
          return Result.succeed([
            Option.some(rows.verification),
            withRows(state, userId, { ...rows, verification: null }),
          ])
        }),
      remove: (userId) =>
        write((state) => {
          const rows = rowsOf(state, userId)
          return Result.succeed(rows === undefined ? state : withRows(state, userId, { ...rows, verification: null }))
        }),
    })
  }),
)
