/** Holds the queue of password hashes to its order, its priorities and its limits. */
import { describe, expect, it } from "@effect/vitest"
import fc from "fast-check"
import { makeHashingQueue, type QueuedHash } from "../../../adapters/crypto/HashingQueue.ts"
import { type HashingPriority, hashingPriorities } from "../../../application/accounts/passwords/HashingTurn.ts"

interface Caller extends QueuedHash {
  readonly name: string
  isRefused: boolean
}

let callers = 0
const caller = (priority: HashingPriority, address: string, name = `${priority} ${address} ${++callers}`): Caller => {
  const made: Caller = {
    name,
    turn: { priority, address },
    isRefused: false,
    refuse: () => {
      made.isRefused = true
    },
  }
  return made
}

const queueOf = (capacity: number, waiting: ReadonlyArray<Caller>) => {
  const queue = makeHashingQueue<Caller>(capacity)
  for (const each of waiting) queue.add(each)
  return queue
}
const serve = (queue: ReturnType<typeof queueOf>): ReadonlyArray<Caller> => {
  const served = []
  for (let next = queue.next(); next !== undefined; next = queue.next()) served.push(next)
  return served
}
const numbered = (count: number, make: (index: number) => Caller) =>
  Array.from({ length: count }, (_, index) => make(index))

describe("the queue of password hashes", () => {
  it("serves known callers, then fresh ones, then those with recent failures, each in the order of arrival", () => {
    const arrivals = (["suspect", "fresh", "known", "fresh", "suspect", "known"] as const).map((priority, index) =>
      caller(priority, `address ${index}`),
    )
    expect(serve(queueOf(10, arrivals))).toStrictEqual([2, 5, 1, 3, 0, 4].flatMap((index) => arrivals[index] ?? []))
  })

  it("serves the addresses of one priority in turns", () => {
    const greedy = numbered(5, () => caller("fresh", "greedy"))
    const [one, two] = [caller("fresh", "one"), caller("fresh", "two")]
    const inTurns = [...greedy.slice(0, 1), one, two, ...greedy.slice(1)]
    expect(serve(queueOf(10, [...greedy, one, two]))).toStrictEqual(inTurns)
  })

  it("serves 15 logins before 200 guesses, and refuses guesses alone", () => {
    const guesses = numbered(200, (index) => caller("suspect", `attacker ${index}`))
    const known = numbered(8, (index) => caller("known", `user ${index}`))
    const fresh = numbered(7, (index) => caller("fresh", `new ${index}`))
    const queue = queueOf(64, [...guesses, ...known, ...fresh])
    expect(
      [...guesses, ...known, ...fresh].filter(({ isRefused }) => isRefused).map(({ turn }) => turn.priority),
    ).toStrictEqual(Array.from({ length: 200 + 15 - 64 }, () => "suspect"))
    expect(serve(queue).slice(0, 15)).toStrictEqual([...known, ...fresh])
  })

  it("refuses the newest of the address with the most, not another's only one", () => {
    const greedy = numbered(4, () => caller("fresh", "greedy"))
    const other = caller("fresh", "other")
    serve(queueOf(4, [...greedy, other]))
    expect([...greedy, other].map(({ isRefused }) => isRefused)).toStrictEqual([false, false, false, true, false])
  })

  it("refuses a new entry if all waiting ones go first", () => {
    const known = numbered(3, (index) => caller("known", `user ${index}`))
    const late = caller("fresh", "late")
    const queue = queueOf(3, [...known, late])
    expect(late.isRefused).toBe(true)
    expect(serve(queue)).toStrictEqual(known)
  })

  it("drops entries that are removed", () => {
    const [first, second, third] = [caller("fresh", "a"), caller("fresh", "a"), caller("known", "b")]
    const queue = queueOf(3, [first, second, third])
    queue.remove(third)
    queue.remove(first)
    queue.remove(first)
    expect(serve(queue)).toStrictEqual([second])
    queue.remove(second)
    queue.add(third)
    expect(serve(queue)).toStrictEqual([third])
  })

  it("never exceeds its capacity, loses no entry, and refuses none of a higher priority than one it keeps", () => {
    const arrival = fc.record({
      priority: fc.constantFrom(...hashingPriorities),
      address: fc.constantFrom("a", "b", "c", "d"),
    })
    fc.assert(
      fc.property(fc.array(arrival, { maxLength: 60 }), fc.integer({ min: 1, max: 20 }), (arrivals, capacity) => {
        const all = arrivals.map(({ address, priority }) => caller(priority, address))
        const queue = queueOf(capacity, all)
        const refused = all.filter(({ isRefused }) => isRefused)
        const served = serve(queue)
        expect(served.length).toBeLessThanOrEqual(capacity)
        expect(served.length + refused.length).toBe(all.length)
        expect(new Set([...served, ...refused])).toStrictEqual(new Set(all))
        const rank = ({ turn }: Caller) => hashingPriorities.indexOf(turn.priority)
        const ranks = served.map(rank)
        expect(ranks).toStrictEqual(ranks.toSorted())
        for (const each of refused) expect(rank(each)).toBeGreaterThanOrEqual(Math.max(0, ...ranks))
      }),
    )
  })
})
