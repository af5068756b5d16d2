/** Times out pending commands when Redis stalls, without mistaking a busy Redis or a busy process for a stall. */

/** The extra time that a command waits while Redis responds to other commands: it is available but busy. */
const busyMillis = 1_000
/** The length of a tick. */
const tickMillis = 10

interface PendingReply {
  readonly sinceTick: number
  readonly sinceMillis: number
  readonly fail: () => void
}

/**
 * Returns a function that rejects a pending response when no response at all arrived for `stallMillis`. In any case
 * it rejects one second after that. One late response among others is not a stall. Time is counted in 10 ms ticks, and
 * a late tick counts as one. So a blocked event loop or a busy machine is not mistaken for a stall.
 */
export const makeStallDetector = (stallMillis: number) => {
  const pending = new Set<PendingReply>()
  let ticks = 0
  let lastReplyTick = 0
  let isTicking = false

  const tick = (): void => {
    ticks++
    const now = performance.now()
    for (const entry of pending) {
      const quietMillis = (ticks - Math.max(entry.sinceTick, lastReplyTick)) * tickMillis
      // The first tick may come immediately after the wait has begun.
      if (quietMillis > stallMillis || now - entry.sinceMillis > stallMillis + busyMillis) entry.fail()
    }
    scheduleTick()
  }
  // Timers run before sockets are read: after a blocked turn of the event loop, a response may be waiting there
  // already.
  const scheduleTick = (): void => {
    isTicking = pending.size > 0
    if (isTicking) setTimeout(() => setImmediate(tick), tickMillis)
  }

  return <A>(reply: Promise<A>): Promise<A> =>
    new Promise((resolve, reject) => {
      const entry: PendingReply = {
        sinceTick: ticks,
        sinceMillis: performance.now(),
        fail: () => {
          pending.delete(entry)
          reject(new Error(`no answer within ${stallMillis} ms`))
        },
      }
      pending.add(entry)
      if (!isTicking) scheduleTick()
      reply.then(
        (value) => {
          lastReplyTick = ticks
          pending.delete(entry)
          resolve(value)
        },
        (error) => {
          pending.delete(entry)
          reject(error)
        },
      )
    })
}
