/** Finds a moment at which this process has received everything that has arrived. */
import { performance } from "node:perf_hooks"

/** The longest turn of the event loop that counts as quiet, in milliseconds. */
const quietTurnMillis = 0.05

/** After this many turns above the limit, the limit doubles, because the machine is busy with other work. */
const turnsPerLimit = 20

/** After this time `act` runs in any case, however much arrives. */
const waitTimeoutMillis = 1_000

/**
 * Runs `act` right after a short turn of the event loop in which nothing arrived. The system resets a socket that is
 * closed with unread data, and connections that a closing socket did not accept. At such a moment only data that
 * arrives within microseconds is lost. `arrivals` counts the arrivals. Waits for a second at most.
 */
export const atQuietMoment = (arrivals: () => number, act: () => void): void => {
  const startedAt = performance.now()
  let limitMillis = quietTurnMillis
  let turns = 0
  let before = startedAt
  let arrived = arrivals()
  const checkTurn = () => {
    const now = performance.now()
    const isQuiet = arrivals() === arrived && now - before <= limitMillis
    if (isQuiet || now - startedAt > waitTimeoutMillis) {
      act()
      return
    }
    if (++turns % turnsPerLimit === 0) limitMillis *= 2
    arrived = arrivals()
    before = performance.now()
    setImmediate(checkTurn)
  }
  setImmediate(checkTurn)
}
