/** Holds the conversion of timestamps to the text that PostgreSQL writes. */
import { PgClient } from "@effect/sql-pg"
import { expect, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import fc from "fast-check"
import { describe, it } from "vitest"
import { formatMillis } from "../../../adapters/postgres/client/TimestampCodec.ts"
import { maxMillis, minMillis } from "../../../domain/shared/Timestamp.ts"
import { clientOn, describeOnPostgres, emptySchema } from "../../support/postgres.ts"

describe("formatMillis", () => {
  it("formats every instant that Taskwright stores like `Date`", () => {
    fc.assert(
      fc.property(fc.integer({ min: minMillis, max: maxMillis }), (millis) => {
        expect(formatMillis(millis)).toBe(new Date(millis).toISOString())
      }),
      { examples: [[minMillis], [maxMillis], [946_684_799_999], [946_684_800_000], [951_782_400_000]] },
    )
  })
})

describeOnPostgres("times of a PostgreSQL server", () => {
  layer(clientOn().pipe(Layer.provide(emptySchema)))((it) => {
    it.effect.each([
      "1970-01-01T00:00:00.000Z",
      "1999-12-31T23:59:59.999Z",
      "2026-11-24T16:00:00.001Z",
      "9999-12-31T23:59:59.999Z",
    ])("are read as they were written: %s", (time) =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const [row] = yield* sql`SELECT ${time}::timestamptz(3) AS one, ARRAY[${time}, NULL]::timestamptz(3)[] AS many`
        expect(row).toStrictEqual({ one: time, many: [time, null] })
      }),
    )
  })
})
