/** Makes exports and compares them, for tests of export and import. */

/** The fields of an exported line that the tests read. */
interface Line {
  readonly type: string
  readonly id?: string
  readonly title?: string
  readonly [field: string]: unknown
}

const hex = (number: number, length: number): string => number.toString(16).padStart(length, "0")
const at = "2026-11-24T00:00:00.000Z"
const pick = <A>(values: readonly [A, ...Array<A>], number: number): A => values[number % values.length] ?? values[0]

/** Makes an export of another account, with that many tasks in every status, and several with equal content. */
export const exportOf = (count: number): string => {
  const user = "01900000-0000-7000-8000-000000000001"
  const lines: ReadonlyArray<object> = [
    { type: "taskwright-export", version: 1, user_id: user, exported_at: at },
    ...["errands", "home", "work"].map((name, index) => ({
      type: "category",
      id: `01900000-0000-7000-8000-${hex(index + 16, 12)}`,
      name,
      color: name === "home" ? "#2E7D32" : null,
      created_at: at,
    })),
    ...Array.from({ length: count }, (_, number) => ({
      type: "task",
      id: `01900000-0001-7000-8000-${hex(number, 12)}`,
      title: number % 7 === 6 ? "The same title" : `Task ${number} 🥛`,
      description: number % 3 === 0 ? `Words\nof ${number}` : null,
      status: pick(["pending", "in_progress", "completed"], number),
      priority: number % 7 === 6 ? "medium" : pick(["low", "medium", "high"], number),
      due_date: number % 4 === 0 ? null : "2090-01-01T00:00:00.000Z",
      categories: pick([["home"], ["errands", "work"], []], number),
      version: 1,
      created_at: at,
      updated_at: at,
    })),
    { type: "end", categories: 3, tasks: count },
  ]
  return lines.map((line) => `${JSON.stringify(line)}\n`).join("")
}

export const linesOf = (text: string): ReadonlyArray<Line> =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Line)

const own = new Set(["id", "user_id", "version", "created_at", "updated_at", "exported_at"])

/** Returns what an import preserves, in an order that does not depend on when a task was created. */
export const withoutIds = (lines: ReadonlyArray<Line>): ReadonlyArray<string> =>
  lines.map((line) => JSON.stringify(Object.fromEntries(Object.entries(line).filter(([key]) => !own.has(key))))).sort()
