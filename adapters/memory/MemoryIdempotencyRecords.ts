/** Implements `IdempotencyRecords` on the memory store. */
import { Effect, HashMap, Layer, Option, Result } from "effect"
import { IdempotencyRecords } from "../../application/changes/IdempotencyRecords.ts"
import { withRecord } from "./MemoryRecordedWrite.ts"
import { MemoryStore, rowsOf, withRows } from "./MemoryStore.ts"

/** The records of requests with an idempotency key in the memory store, by user. */
export const layer: Layer.Layer<IdempotencyRecords, never, MemoryStore> = Layer.effect(
  IdempotencyRecords,
  Effect.map(MemoryStore, ({ read, write }) =>
    IdempotencyRecords.of({
      get: (userId, key) =>
        read((state) => {
          const rows = rowsOf(state, userId)
          return Effect.succeed(rows === undefined ? Option.none() : HashMap.get(rows.idempotencyRecords, key))
        }),
      insert: (userId, record) =>
        write((state) => {
          const rows = rowsOf(state, userId)
          return Result.succeed(rows === undefined ? state : withRows(state, userId, withRecord(rows, record)))
        }),
      removeExpired: (userId, key, before) =>
        write((state) => {
          const rows = rowsOf(state, userId)
          if (rows === undefined) return Result.succeed(state)
          const found = HashMap.get(rows.idempotencyRecords, key)
          if (!Option.exists(found, ({ at }) => at < before)) return Result.succeed(state)
          return Result.succeed(
            withRows(state, userId, { ...rows, idempotencyRecords: HashMap.remove(rows.idempotencyRecords, key) }),
          )
        }),
    }),
  ),
)
