import { Effect } from "effect"
import { PageLimit, PageNumber } from "../../domain/shared/Page.ts"
import { earliestMillis, fromMillis, latestMillis, type Timestamp } from "../../domain/shared/Timestamp.ts"
import type { Task } from "../../domain/tasks/Task.ts"
import { InvalidInput, NothingFound } from "./Refusals.ts"
import { asUser } from "./SigningIn.ts"

/** The fewest characters that are taken for a prefix: fewer are a number in the last list. */
export const shortestPrefix = 4
/** How many pages of tasks that were made at the same time are looked through. */
const maximumPages = 50
/** How far a task's creation and the time in its id may lie apart. */
const toleranceMillis = 5_000

const limit = PageLimit.make(100)

/**
 * The user's one task whose id begins so. An id of version 7 begins with the time at which it was made, so the tasks
 * in question stand together in the list by creation, and where they begin is found by halving.
 */
export const findByPrefix = Effect.fnUntraced(function* (prefix: string) {
  const { from, to } = timesOf(prefix)
  const first = yield* pageOf(1)
  const pages = Math.max(1, Math.ceil(first.total / limit))
  const found: Array<Task> = []
  const start = yield* firstPageFrom(from, pages)
  for (let page = start; page < start + maximumPages; page++) {
    const { data } = yield* pageOf(page)
    found.push(...data.filter(({ id }) => id.startsWith(prefix)))
    if (found.length > 1) {
      const message = `More than one task begins with ${prefix}. Give more characters of the id.`
      return yield* Effect.fail(new InvalidInput({ message }))
    }
    const last = data.at(-1)
    if (last === undefined || data.length < limit || last.createdAt > to) {
      return found[0] ?? (yield* Effect.fail(new NothingFound({ message: `No task of yours begins with ${prefix}.` })))
    }
  }
  const message = `Too many tasks were made at the time of ${prefix}. Give more characters of the id.`
  return yield* Effect.fail(new InvalidInput({ message }))
})

const pageOf = (page: number) =>
  asUser((account) => account.listTasks({ sort: "created_at", order: "asc", page: PageNumber.make(page), limit }))

/** The first page of whose tasks the last was made at that time or later. */
const firstPageFrom = Effect.fnUntraced(function* (from: Timestamp, pages: number) {
  let low = 1
  let high = pages
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const last = (yield* pageOf(middle)).data.at(-1)
    if (last === undefined || last.createdAt >= from) high = middle
    else low = middle + 1
  }
  return low
})

/** Between which times the ids were made that begin so. */
const timesOf = (prefix: string): { readonly from: Timestamp; readonly to: Timestamp } => {
  const digits = prefix.replaceAll("-", "").slice(0, 12)
  const within = (millis: number) => fromMillis(Math.min(Math.max(millis, earliestMillis), latestMillis))
  return {
    from: within(Number.parseInt(digits.padEnd(12, "0"), 16) - toleranceMillis),
    to: within(Number.parseInt(digits.padEnd(12, "f"), 16) + toleranceMillis),
  }
}
