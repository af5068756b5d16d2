/** The queue of password hashes: bounded, fair, and with priorities. */
import {
  type HashingPriority,
  type HashingTurn,
  hashingPriorities,
} from "../../application/accounts/passwords/HashingTurn.ts"
import { gauge } from "../telemetry/Metrics.ts"

const waitingHashes = gauge("taskwright_hashing_waiting", "Password hashes that wait for a thread.")

/** A waiting computation, and the callback that rejects it. */
export interface QueuedHash {
  readonly turn: HashingTurn
  /** Called if the queue is full of computations that go first. */
  readonly refuse: () => void
}

export interface HashingQueue<W extends QueuedHash> {
  /** Adds it to the queue. If the queue is full, the last of the lowest priority is rejected, which may be this one. */
  readonly add: (waiting: W) => void
  /** Removes and returns the next one. */
  readonly next: () => W | undefined
  /** Removes it from the queue, whatever its position. */
  readonly remove: (waiting: W) => void
}

/** The waiting computations of one priority, by address. The addresses take turns in the order of the map. */
type Addresses<W> = Map<string, Array<W>>

/**
 * Serves the priorities in order, and the addresses of one priority in turns. So an address with many requests delays
 * only itself. Over `capacity`, it rejects from the lowest priority the newest of the address with the most.
 */
export const makeHashingQueue = <W extends QueuedHash>(capacity: number): HashingQueue<W> => {
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
    waitingHashes.add(-1)
  }

  /**
   * Returns, from the lowest waiting priority, the newest of the address with the most; of two such addresses, the
   * later one.
   */
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
      waitingHashes.add(1)
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
          // Moves behind the other addresses: each gets one turn a round.
          addresses.delete(address)
          if (ofAddress.length > 0) addresses.set(address, ofAddress)
          if (first === undefined) continue
          size -= 1
          waitingHashes.add(-1)
          return first
        }
      }
      return undefined
    },
    remove,
  }
}
