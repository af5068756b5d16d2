/** The pages into which lists are divided: number, size and content. */
import { Schema } from "effect"

/** The number of a page in a list, from 1. The bound keeps the offset (page × limit) a safe integer. */
export const PageNumber = Schema.Int.check(
  Schema.isBetween({ minimum: 1, maximum: 1_000_000_000 }, { message: "must be a whole number from 1 to 1000000000" }),
).pipe(Schema.brand("PageNumber"))
export type PageNumber = typeof PageNumber.Type

/** The maximum number of items on a page, 1 to 100. */
export const PageLimit = Schema.Int.check(
  Schema.isBetween({ minimum: 1, maximum: 100 }, { message: "must be a whole number from 1 to 100" }),
).pipe(Schema.brand("PageLimit"))
export type PageLimit = typeof PageLimit.Type

/** The maximum number of items on a page that is read by cursor, 1 to 200. */
export const CursorPageLimit = Schema.Int.check(
  Schema.isBetween({ minimum: 1, maximum: 200 }, { message: "must be a whole number from 1 to 200" }),
).pipe(Schema.brand("CursorPageLimit"))
export type CursorPageLimit = typeof CursorPageLimit.Type

export const firstPage: PageNumber = PageNumber.make(1)
export const defaultPageLimit: PageLimit = PageLimit.make(20)
export const defaultCursorPageLimit: CursorPageLimit = CursorPageLimit.make(20)

/** One page of a list, with the number of items in the whole list. */
export interface Page<A> {
  readonly data: ReadonlyArray<A>
  readonly total: number
  readonly page: PageNumber
  readonly limit: PageLimit
}
