/** Holds lists to one answer for any text as a filter: the tasks, or the place of the mistake. */
import { expect, layer } from "@effect/vitest"
import { Effect, type Layer, Result } from "effect"
import { describe } from "vitest"
import * as MemoryRepositories from "../../adapters/memory/MemoryRepositories.ts"
import { listTasks } from "../../application/tasks/ListTasks.ts"
import { maxFilterLength } from "../../domain/tasks/FilterParser.ts"
import { TaskTitle } from "../../domain/tasks/TaskFields.ts"
import type { Stores } from "../contracts/taskRepository/fixtures.ts"
import { keepCategory, keepTask, keepUser } from "../support/entities.ts"
import { describeOnPostgres, freshRepositories } from "../support/postgres.ts"

/** A sequence of numbers that is the same in every run. */
const makeRandom = (seed: number) => {
  let state = seed
  return (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const pieces = [
  ...["milk", "äpfel", "ＦＵＬＬ", "and", "or", "not", "-", "(", ")", '"', '""', ",", ":", "!=", "<", "<=", ">", ">="],
  ...[" ", " ", " ", "overdue", "due", "created", "updated", "status", "priority", "category", "title", "description"],
  ...[
    "today",
    "+3d",
    "-2w",
    "+1m",
    "now",
    "none",
    "2026-12-24",
    "2026-12-24T10:00:00+01:00",
    "9999-12-31",
    "1970-01-01",
  ],
  ...["pending", "high", "Home", "%", "_", "\\", "'", "$1", "--", ";", "\n", "\t", "🎉", "\u0301", "\u202e", "\u001f"],
  ...["0199e0a1-0000-7000-8000-00000000000a", "title:milk", "due<today", "status:pending,completed", "category:none"],
]
/** Only some of all texts have one of these, which no store can hold. */
const unstorable = ["\0", "\ud800", "\udfff"]

const makeText = (random: (below: number) => number): string => {
  const length = random(12) === 0 ? random(60) : 1 + random(9)
  const parts = Array.from({ length }, () => {
    const kind = random(40)
    if (kind === 0) return unstorable[random(unstorable.length)]
    return kind === 1 ? String.fromCodePoint(random(0xd800)) : pieces[random(pieces.length)]
  })
  return parts.join(random(3) === 0 ? " " : "")
}

const texts = 10_000

const everyText = Effect.gen(function* () {
  const userId = yield* keepUser
  const category = yield* keepCategory(userId)
  for (const title of ["Buy milk", "Äpfel kaufen", "100% done_"]) {
    yield* keepTask(userId, { title: TaskTitle.make(title), categories: [category] })
  }
  const random = makeRandom(20_261_126)
  const counts = { listed: 0, refused: 0 }
  for (let n = 0; n < texts; n++) {
    const filter = makeText(random)
    const result = yield* Effect.result(listTasks({ userId, filter, timeZone: "Europe/Berlin" }))
    if (Result.isSuccess(result)) counts.listed++
    else {
      counts.refused++
      expect([filter, result.failure._tag]).toStrictEqual([filter, "InvalidFilter"])
      if (result.failure._tag === "InvalidFilter") {
        expect(result.failure.position).toBeLessThanOrEqual(Math.min([...filter].length, maxFilterLength))
      }
    }
  }
  // Both kinds are well represented, so the texts are neither all wrong nor all alike.
  expect(counts.listed).toBeGreaterThan(texts / 10)
  expect(counts.refused).toBeGreaterThan(texts / 10)
})

const suite = (repositories: Layer.Layer<Stores, unknown>) =>
  layer(repositories, { excludeTestServices: true })((it) => {
    it.effect("lists tasks or names the mistake, for each of 10,000 texts", () => everyText)
  })

describe("a filter of any text in memory", () => suite(MemoryRepositories.layer))
describeOnPostgres("a filter of any text on PostgreSQL", () => suite(freshRepositories()))
