/**
 * Runs requests of the database that wait at the same time in one statement. While a group runs, the next one gathers. So a
 * group grows with the load, and a request on its own never waits for others.
 */
import { Effect } from "effect"
import type { SqlError } from "effect/sql"
import { serverErrorOf, toDefect } from "./client/PostgresErrors.ts"

interface GroupOptions<Item, Key, Row> {
  /** The maximum number of items in a group. */
  readonly maxSize: number
  /** A group has at most one item with a key. */
  readonly keyOf: (item: Item) => Key
  /**
   * Runs one statement for all items, and returns the results of those that it handled, by their keys. It MUST NOT wait for
   * another writer: it leaves out an item that would.
   */
  readonly runGroup: (items: ReadonlyArray<Item>) => Effect.Effect<ReadonlyMap<Key, Row>, SqlError.SqlError>
  /** Whether each item may run alone after this error of the group. Otherwise the error is a defect of every item. */
  readonly mayRunAlone: (error: SqlError.SqlError) => boolean
}

interface Member<Item, Row> {
  readonly item: Item
  /** Takes the result of the item, or undefined if the group did not handle it. */
  readonly settle: (outcome: Effect.Effect<Row | undefined>) => void
}

/** The database does not support the statement, as Citus does not support some. */
const isUnsupported = (error: SqlError.SqlError): boolean => serverErrorOf(error).code?.startsWith("0A") === true

/**
 * Returns a function that runs an item: alone if no other one runs, otherwise in the next group. An item that its group did
 * not handle runs alone. Once the database does not support the statement of a group, every item runs alone.
 */
export const statementGroups = <Item, Key, Row>({
  keyOf,
  maxSize,
  mayRunAlone,
  runGroup,
}: GroupOptions<Item, Key, Row>) => {
  let waiting: Array<Member<Item, Row>> = []
  let isRunning = false
  let isOneAlone = false
  let isSupported = true

  const settleError = (error: SqlError.SqlError): Effect.Effect<undefined> => {
    if (isUnsupported(error)) isSupported = false
    return !isSupported || mayRunAlone(error) ? Effect.succeed(undefined) : toDefect(error)
  }

  const takeGroup = (): ReadonlyArray<Member<Item, Row>> => {
    const group = new Map<Key, Member<Item, Row>>()
    const later: Array<Member<Item, Row>> = []
    for (const member of waiting) {
      const key = keyOf(member.item)
      if (group.size === maxSize || group.has(key)) later.push(member)
      else group.set(key, member)
    }
    waiting = later
    return [...group.values()]
  }

  const runNext: Effect.Effect<void> = Effect.suspend(() => {
    const group = takeGroup()
    if (group.length === 0) {
      isRunning = false
      return Effect.void
    }
    const run = Effect.matchCause(runGroup(group.map(({ item }) => item)), {
      onSuccess: (rows) => {
        for (const { item, settle } of group) settle(Effect.succeed(rows.get(keyOf(item))))
      },
      onFailure: (cause) => {
        const outcome = Effect.catch(Effect.failCause(cause), settleError)
        for (const { settle } of group) settle(outcome)
      },
    })
    return Effect.andThen(run, runNext)
  })

  /** Waits for a group. An interrupted caller leaves the queue; if its group runs, it waits for the end. */
  const joinGroup = (item: Item): Effect.Effect<Row | undefined> =>
    Effect.withFiber(({ context }) =>
      Effect.callback<Row | undefined>((resume) => {
        let onEnd: (() => void) | null = null
        const member: Member<Item, Row> = {
          item,
          settle: (outcome) => {
            resume(outcome)
            onEnd?.()
          },
        }
        waiting.push(member)
        if (!isRunning) {
          isRunning = true
          Effect.runForkWith(context)(runNext)
        }
        return Effect.callback<void>((leave) => {
          const place = waiting.indexOf(member)
          if (place === -1) onEnd = () => leave(Effect.void)
          else {
            waiting.splice(place, 1)
            leave(Effect.void)
          }
        })
      }),
    )

  return <A>(item: Item, runAlone: Effect.Effect<A>, toResult: (row: Row) => A): Effect.Effect<A> =>
    Effect.suspend(() => {
      if (!isSupported) return runAlone
      if (isRunning || isOneAlone)
        return Effect.flatMap(joinGroup(item), (row) => (row === undefined ? runAlone : Effect.succeed(toResult(row))))
      isOneAlone = true
      return Effect.onExitPrimitive(runAlone, () => {
        isOneAlone = false
        return undefined
      })
    })
}
