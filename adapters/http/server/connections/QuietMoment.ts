/** Finds a moment at which this process has taken everything that has reached it. */
import { performance } from "node:perf_hooks"

/** A turn of the event loop in which nothing came is shorter, in milliseconds. */
const quietTurnMillis = 0.05

/** After so many turns that were too long, one of twice the length will do: the machine is busy with other things. */
const turnsPerLimit = 20

/** After so long the moment has come, however much arrives. */
const patienceMillis = 1_000

/**
 * Runs `act` right after a short turn of the event loop in which nothing arrived. If a socket is closed with something
 * unread, or a listening one with connections that were not accepted, the system resets them; what is closed at such a
 * moment loses only what comes within microseconds. `arrivals` counts what arrives. Waits for a second at most.
 */
export const atQuietMoment = (arrivals: () => number, act: () => void): void => {
  const startedAt = performance.now()
  let limitMillis = quietTurnMillis
  let turns = 0
  let before = startedAt
  let arrived = arrivals()
  const look = () => {
    const now = performance.now()
    const isQuiet = arrivals() === arrived && now - before <= limitMillis
    if (isQuiet || now - startedAt > patienceMillis) {
      act()
      return
    }
    if (++turns % turnsPerLimit === 0) limitMillis *= 2
    arrived = arrivals()
    before = performance.now()
    setImmediate(look)
  }
  setImmediate(look)
}
