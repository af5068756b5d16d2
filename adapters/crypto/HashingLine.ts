// The line of those that wait for a password to be hashed: a bounded, fair queue with priorities.
import {
  type HashingPriority,
  type HashingTurn,
  hashingPriorities,
} from "../../application/accounts/passwords/HashingTurn.ts"

/** Something that waits, and what becomes of it. */
export interface Waiting {
  readonly turn: HashingTurn
  /** The line is full of others that go first. */
  readonly refuse: () => void
}

export interface HashingLine<W extends Waiting> {
  /** Lets it wait. If the line is full, the last of the lowest priority is refused, which may be this one. */
  readonly add: (waiting: W) => void
  /** The next in line, which waits no longer. */
  readonly next: () => W | undefined
  /** It waits no longer, whatever its place. */
  readonly remove: (waiting: W) => void
}

/** Those of one priority, by address. The addresses take turns in the order of the map. */
type Addresses<W> = Map<string, Array<W>>

/**
 * The line serves the priorities one after the other, and the addresses of one priority in turns. So an address that
 * asks often waits for itself alone. Over `capacity`, the newest of the address with the most in the lowest priority is
 * refused.
 */
export const makeHashingLine = <W extends Waiting>(capacity: number): HashingLine<W> => {
  const lines = new Map<HashingPriority, Addresses<W>>(hashingPriorities.map((priority) => [priority, new Map()]))
  const addressesOf = (priority: HashingPriority): Addresses<W> => lines.get(priority) ?? new Map()
  let size = 0

  const remove = (waiting: W): void => {
    const { address, priority } = waiting.turn
    const addresses = addressesOf(priority)
    const ofAddress = addresses.get(address)
    const index = ofAddress?.indexOf(waiting) ?? -1
    if (ofAddress === undefined || index < 0) return
    ofAddress.splice(index, 1)
    if (ofAddress.length === 0) addresses.delete(address)
    size -= 1
  }

  /** Of the lowest priority that waits, the newest of the address that has the most; the later address of two. */
  const last = (): W | undefined => {
    const lowest = hashingPriorities.findLast((priority) => addressesOf(priority).size > 0)
    if (lowest === undefined) return undefined
    let longest: ReadonlyArray<W> = []
    for (const ofAddress of addressesOf(lowest).values()) {
      if (ofAddress.length >= longest.length) longest = ofAddress
    }
    return longest.at(-1)
  }

  return {
    add: (waiting) => {
      const { address, priority } = waiting.turn
      const addresses = addressesOf(priority)
      const ofAddress = addresses.get(address)
      if (ofAddress === undefined) addresses.set(address, [waiting])
      else ofAddress.push(waiting)
      size += 1
      if (size <= capacity) return
      const refused = last()
      if (refused === undefined) return
      remove(refused)
      refused.refuse()
    },
    next: () => {
      for (const priority of hashingPriorities) {
        const addresses = addressesOf(priority)
        for (const [address, ofAddress] of addresses) {
          const first = ofAddress.shift()
          // Behind the other addresses: each gets one turn a round.
          addresses.delete(address)
          if (ofAddress.length > 0) addresses.set(address, ofAddress)
          if (first === undefined) continue
          size -= 1
          return first
        }
      }
      return undefined
    },
    remove,
  }
}
