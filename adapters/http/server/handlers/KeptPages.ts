/**
 * Keeps the responses to lists of tasks until something of their user changes. Clients read the same list again and again,
 * and nearly all the time of a list goes into its rows and their JSON.
 */
import { Clock, Effect } from "effect"
import { latestChange } from "../../../../application/changes/LatestChange.ts"
import { monotonicMillis } from "../../../../application/shared/MonotonicTime.ts"
import type { UserId } from "../../../../domain/accounts/UserId.ts"
import type { SequenceNumber } from "../../../../domain/changes/Change.ts"
import { counter } from "../../../telemetry/Metrics.ts"
import type { HttpResponse } from "../response/HttpResponse.ts"

/** A response that was read. */
export interface PageRead {
  readonly response: HttpResponse
  /** The number of the user's newest change when it was read, or before; null if it must not be kept. */
  readonly latest: SequenceNumber | null
}

/** The limits of what a process keeps. Lengths are in UTF-16 units, of which each takes one or two bytes. */
export interface KeptPageLimits {
  /** How long a user's pages are kept at most, so that rows changed past the service appear. */
  readonly lifetimeMillis: number
  readonly pageUnits: number
  /** The maximum for one user, so that one cannot take the room of all others. */
  readonly userUnits: number
  readonly totalUnits: number
}

const defaultLimits: KeptPageLimits = {
  lifetimeMillis: 60_000,
  pageUnits: 128 * 1024,
  userUnits: 512 * 1024,
  totalUnits: 8 * 2 ** 20,
}

/** The pages of a user after one change. */
interface UserPages {
  readonly latest: SequenceNumber
  /** When the first of them was read, by a clock that never goes back. */
  readonly readAtMillis: number
  readonly byUrl: Map<string, HttpResponse>
  units: number
}

const pagesFrom = (source: string) =>
  counter("taskwright_task_pages_total", "Pages of task lists, by where they came from.", { source })
const keptTotal = pagesFrom("kept")
const readTotal = pagesFrom("store")

/** What a page and its URL take besides their text. */
const overheadUnits = 500

/** Makes a store of kept pages. It forgets the pages of the user that has read none for the longest time. */
export const makeKeptPages = (limits: KeptPageLimits = defaultLimits) => {
  /** The user that read last comes last. */
  const users = new Map<UserId, UserPages>()
  let units = 0

  const forget = (userId: UserId): void => {
    units -= users.get(userId)?.units ?? 0
    users.delete(userId)
  }

  /** Returns the pages of the user to which one of that length can be added, without others if they leave no room. */
  const pagesWithRoom = (userId: UserId, latest: SequenceNumber, length: number, readAtMillis: number): UserPages => {
    const kept = users.get(userId)
    if (kept?.latest === latest && kept.units + length <= limits.userUnits) return kept
    forget(userId)
    const pages = { latest, readAtMillis, byUrl: new Map<string, HttpResponse>(), units: 0 }
    users.set(userId, pages)
    return pages
  }

  const keep = (
    userId: UserId,
    url: string,
    { latest, response }: PageRead & { readonly latest: SequenceNumber },
    readAtMillis: number,
  ): void => {
    if (typeof response.body !== "string") return
    const length = response.body.length + url.length + overheadUnits
    if (length > limits.pageUnits || (users.get(userId)?.latest ?? 0) > latest) return
    const pages = pagesWithRoom(userId, latest, length, readAtMillis)
    // A concurrent request has read the same.
    if (pages.byUrl.has(url)) return
    pages.byUrl.set(url, response)
    pages.units += length
    units += length
    for (const oldest of users.keys()) {
      if (units <= limits.totalUnits) return
      forget(oldest)
    }
  }

  /** Returns the kept response if nothing of the user has changed since. Otherwise forgets the pages of the user. */
  const findKept = Effect.fnUntraced(function* (userId: UserId, url: string, nowMillis: number) {
    const pages = users.get(userId)
    const response = pages?.byUrl.get(url)
    if (pages === undefined || response === undefined) return undefined
    users.delete(userId)
    users.set(userId, pages)
    const isRecent = nowMillis - pages.readAtMillis < limits.lifetimeMillis
    if (isRecent && (yield* latestChange({ userId })) === pages.latest) return response
    // Meanwhile another request may have kept newer ones.
    if (users.get(userId) === pages) forget(userId)
    return undefined
  })

  return {
    /**
     * Returns the response to the URL: the kept one, or that of `read`. A page that is older than the user's newest change is
     * never returned.
     */
    respond: <E, R>(userId: UserId, url: string, read: Effect.Effect<PageRead, E, R>) =>
      Effect.gen(function* () {
        const nowMillis = monotonicMillis(yield* Clock.Clock)
        const kept = yield* findKept(userId, url, nowMillis)
        if (kept !== undefined) {
          keptTotal.add(1)
          return kept
        }
        const { latest, response } = yield* read
        readTotal.add(1)
        if (latest !== null) keep(userId, url, { latest, response }, nowMillis)
        return response
      }),

    /** Forgets the pages of the user, because something has changed. Without it, the next request finds that out. */
    forget,
  }
}

export type KeptPages = ReturnType<typeof makeKeptPages>
