/** What a reader of the change feed may ask for. */
import { Schema } from "effect"
import { ChangeCursor } from "./ChangeCursor.ts"
import { Entity } from "./EntityState.ts"

/** The place where reading begins: a cursor, before the oldest change that is kept, or after the newest. */
export const FeedStart = Schema.Union([ChangeCursor, Schema.Literals(["oldest", "latest"])])
export type FeedStart = typeof FeedStart.Type

/** The kinds of thing that the changes are of. */
export const FeedEntities = Schema.NonEmptyArray(Entity)
export type FeedEntities = typeof FeedEntities.Type

/** The maximum number of changes on a page of the feed, 1 to 500. */
export const FeedLimit = Schema.Int.check(
  Schema.isBetween({ minimum: 1, maximum: 500 }, { message: "must be a whole number from 1 to 500" }),
).pipe(Schema.brand("FeedLimit"))
export type FeedLimit = typeof FeedLimit.Type

/** How many seconds a reader waits for a change at most, 0 to 25. */
export const WaitSeconds = Schema.Int.check(
  Schema.isBetween({ minimum: 0, maximum: 25 }, { message: "must be a whole number from 0 to 25" }),
).pipe(Schema.brand("WaitSeconds"))
export type WaitSeconds = typeof WaitSeconds.Type

export const defaultFeedLimit: FeedLimit = FeedLimit.make(100)
export const noWait: WaitSeconds = WaitSeconds.make(0)
