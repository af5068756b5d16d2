/** Holds the use case that reads lists by cursor to whole lists, and to the list that a cursor belongs to. */
import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { deleteTask } from "../../application/tasks/DeleteTask.ts"
import { listTasksByCursor } from "../../application/tasks/ListTasksByCursor.ts"
import { memory } from "../../bootstrap/memory.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { InvalidCursor } from "../../domain/shared/CursorErrors.ts"
import { decode, encode } from "../../domain/tasks/TaskCursor.ts"
import { TaskPriority } from "../../domain/tasks/TaskFields.ts"
import { placeOf } from "../../domain/tasks/TaskPlace.ts"
import { comparator, SortOrder, TaskSort } from "../../domain/tasks/TaskQuery.ts"
import { at, cursorLimit, keepTask, keepUser } from "../support/entities.ts"
import { expectPresent } from "../support/narrowing.ts"

const keepTasks = (userId: UserId, count: number) =>
  Effect.forEach(Array.from({ length: count }), (_, index) =>
    keepTask(userId, {
      createdAt: at(index % 3),
      updatedAt: at(10 + (index % 4)),
      dueDate: index % 5 === 0 ? null : at(100 + (index % 2)),
      priority: TaskPriority.literals[index % 3] ?? "low",
    }),
  )

layer(memory)("listing tasks by cursor", (it) => {
  it.effect("reads the whole list in every order, by the cursor of the page before", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const all = yield* keepTasks(userId, 23)
      for (const sort of TaskSort.literals) {
        for (const order of SortOrder.literals) {
          const seen = []
          let cursor: string | null = ""
          while (cursor !== null) {
            const page: Effect.Success<ReturnType<typeof listTasksByCursor>> = yield* listTasksByCursor({
              userId,
              sort,
              order,
              cursor,
              limit: cursorLimit(5),
            })
            expect(page.limit).toBe(5)
            seen.push(...page.data)
            cursor = page.nextCursor
          }
          expect(seen).toStrictEqual([...all].sort(comparator({ sort, order })))
        }
      }
    }),
  )

  it.effect("shows the newest 20 tasks first unless the caller says otherwise", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const all = yield* keepTasks(userId, 21)
      const { data, limit, nextCursor } = yield* listTasksByCursor({ userId, cursor: "" })
      expect(data).toStrictEqual([...all].sort(comparator({ sort: "created_at", order: "desc" })).slice(0, 20))
      expect(limit).toBe(20)
      expect((yield* listTasksByCursor({ userId, cursor: nextCursor ?? "" })).nextCursor).toBe(null)
    }),
  )

  it.effect("goes on after a task that was deleted", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const [first, second, third] = yield* keepTasks(userId, 3)
      const list = { userId, sort: "priority", order: "asc", limit: cursorLimit(2) } as const
      const { changesCursor, data, nextCursor } = yield* listTasksByCursor({ ...list, cursor: "" })
      expect(data).toStrictEqual([first, second])
      expectPresent(second)
      yield* deleteTask({ userId, taskId: second.id })
      const rest = yield* listTasksByCursor({ ...list, cursor: nextCursor ?? "" })
      // The later page names the moment of the first.
      expect(rest).toStrictEqual({ data: [third], nextCursor: null, evaluatedAt: null, changesCursor, limit: 2 })
    }),
  )

  it.effect("fails for a cursor of another list, and for any other text", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      yield* keepTasks(userId, 3)
      const list = { userId, status: ["pending"], limit: cursorLimit(1) } as const
      const cursor = (yield* listTasksByCursor({ ...list, cursor: "" })).nextCursor ?? ""
      expect((yield* listTasksByCursor({ ...list, sort: "created_at", order: "desc", cursor })).data.length).toBe(1)
      for (const other of [
        { order: "asc" },
        { sort: "updated_at" },
        { status: undefined },
        { priority: ["low"] },
        { dueTo: at(0) },
      ] as const) {
        const error = yield* Effect.flip(listTasksByCursor({ ...list, ...other, cursor }))
        expect([other, error._tag]).toStrictEqual([other, "CursorMismatch"])
      }
      for (const text of ["1", cursor.slice(1), `${cursor}0`, "x".repeat(100_000)]) {
        expect(yield* Effect.flip(listTasksByCursor({ ...list, cursor: text }))).toStrictEqual(new InvalidCursor())
      }
    }),
  )

  it.effect("reads another user's place in the caller's own list", () =>
    Effect.gen(function* () {
      const [ada, grace] = [yield* keepUser, yield* keepUser]
      yield* keepTasks(ada, 3)
      const own = yield* keepTasks(grace, 3)
      const list = { sort: "created_at", order: "asc", limit: cursorLimit(1) } as const
      const cursor = (yield* listTasksByCursor({ ...list, userId: ada, cursor: "" })).nextCursor ?? ""
      const { data } = yield* listTasksByCursor({ ...list, userId: grace, cursor, limit: cursorLimit(200) })
      expect(data).toStrictEqual(own)
    }),
  )

  it.effect("carries a cursor of the change feed from page to page", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const [first] = yield* keepTasks(userId, 3)
      const list = { sort: "created_at", order: "asc" } as const
      expectPresent(first)
      const cursor = encode(list, { place: placeOf(list, first), changesCursor: "1z-0000abcd", evaluatedAt: null })
      const { nextCursor } = yield* listTasksByCursor({ ...list, userId, cursor, limit: cursorLimit(1) })
      expect(decode(list, nextCursor ?? "")).toMatchObject({ success: { changesCursor: "1z-0000abcd" } })
    }),
  )
})
