/** Holds the plans of pages of changes to their own rows, wherever in a long history they begin. */
import { PgClient } from "@effect/sql-pg"
import { expect, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { selectAfter } from "../../../adapters/postgres/ChangeStatements.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { describeOnPostgres, repositoriesInOwnDatabase } from "../../support/postgres.ts"
import { explain, explainPrepared, nodesOf, rowsReadBy, vacuum } from "./QueryPlans.ts"

const changes = 20_000
const limit = 101
const userId = UserId.make("00000000-0000-7000-8000-000000000000")

/** One user with as many changes as a hundred others have together. */
const load = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  const user = "('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid"
  const statements = [
    `INSERT INTO accounts (id, email, full_name, password_hash, is_active, created_at, updated_at)
      SELECT ${user}, n || '@example.com', 'Somebody', 'hash', true, now(), now() FROM generate_series(0, 100) AS n`,
    `INSERT INTO change_heads (user_id, seq)
      SELECT ${user}, CASE n WHEN 0 THEN ${changes} ELSE ${changes} / 100 END FROM generate_series(0, 100) AS n`,
    `INSERT INTO changes (user_id, seq, id, at, entity, entity_id, op, version, actor_kind, batch_id)
      SELECT user_id, number, gen_random_uuid(), now(), 'task', gen_random_uuid(), 'updated', 2, 'system', gen_random_uuid()
      FROM change_heads, generate_series(1, change_heads.seq) AS number`,
  ]
  yield* Effect.forEach(statements, (statement) => sql.unsafe(statement).unprepared, { discard: true })
  yield* vacuum("changes")
  yield* vacuum("change_heads")
})

describeOnPostgres("a page of a history of 20,000 changes", () => {
  layer(Layer.effectDiscard(Effect.orDie(load)).pipe(Layer.provideMerge(repositoriesInOwnDatabase())))((it) => {
    it.effect.each([0, changes / 2, changes - 10, changes])("reads its own changes alone after place %i", (place) =>
      Effect.gen(function* () {
        const page = { text: selectAfter.text, parameters: [userId, place, "{task,category}", limit] }
        for (const explainEach of [explain, explainPrepared]) {
          const plan = yield* explainEach(page)
          const ofChanges = nodesOf(plan).filter((node) => node["Relation Name"] === "changes")
          // Both ends and the place are looked up as well.
          expect(rowsReadBy(ofChanges), JSON.stringify(plan)).toBeLessThanOrEqual(Math.min(limit, changes - place) + 3)
        }
      }),
    )
  })
})
