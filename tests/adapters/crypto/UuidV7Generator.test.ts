/** Holds generated ids to UUID version 7 and to the order of their creation. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { TestClock } from "effect/testing"
import * as UuidV7Generator from "../../../adapters/crypto/UuidV7Generator.ts"
import { IdGenerator } from "../../../application/shared/IdGenerator.ts"
import { Uuid } from "../../../domain/shared/Uuid.ts"

const timeOf = (id: string): number => Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16)

describe("UuidV7Generator", () => {
  it.effect("generates ids of version 7 with the clock's time, sorted by creation", () =>
    Effect.gen(function* () {
      const next = (yield* IdGenerator).next(Uuid)
      const start = Date.UTC(2026, 10, 24)
      yield* TestClock.setTime(start)
      const first = yield* Effect.replicateEffect(next, 5000)
      yield* TestClock.setTime(start + 60_000)
      const second = yield* Effect.replicateEffect(next, 10)
      const ids = [...first, ...second]
      for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      expect(timeOf(first[0] ?? "")).toBe(start)
      expect(timeOf(second[0] ?? "")).toBe(start + 60_000)
      expect(ids.toSorted()).toStrictEqual(ids)
      expect(new Set(ids).size).toBe(ids.length)
    }).pipe(Effect.provide(UuidV7Generator.layer.pipe(Layer.provide(SecureRandom.layerWebCrypto)))),
  )
})
