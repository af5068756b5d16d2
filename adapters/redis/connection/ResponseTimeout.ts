/** Times out pending commands when Redis stalls, without mistaking a busy Redis or a busy process for a stall. */

/** The extra time that a command waits while Redis responds to other commands: it is available but busy. */
const busyMillis = 1_000
/** The length of a tick. */
const lookMillis = 10

interface Wait {
  readonly sinceLook: number
  readonly sinceMillis: number
  readonly giveUp: () => void
}

/**
 * Returns a function that rejects a pending response when no response at all arrived for `silenceMillis`. In any case
 * it rejects one second after that. One late response among others is not a stall. Time is counted in 10 ms ticks, and
 * a late tick counts as one. So a blocked event loop or a busy machine is not mistaken for a stall.
 */
export const makeStallDetector = (silenceMillis: number) => {
  const waits = new Set<Wait>()
  let looks = 0
  let heardAtLook = 0
  let isLooking = false

  const look = (): void => {
    looks++
    const now = performance.now()
    for (const wait of waits) {
      const silentMillis = (looks - Math.max(wait.sinceLook, heardAtLook)) * lookMillis
      // The first tick may come immediately after the wait has begun.
      if (silentMillis > silenceMillis || now - wait.sinceMillis > silenceMillis + busyMillis) wait.giveUp()
    }
    lookAgain()
  }
  // Timers run before sockets are read: after a blocked turn of the event loop, a response may be waiting there
  // already.
  const lookAgain = (): void => {
    isLooking = waits.size > 0
    if (isLooking) setTimeout(() => setImmediate(look), lookMillis)
  }

  return <A>(answer: Promise<A>): Promise<A> =>
    new Promise((resolve, reject) => {
      const wait: Wait = {
        sinceLook: looks,
        sinceMillis: performance.now(),
        giveUp: () => {
          waits.delete(wait)
          reject(new Error(`no answer within ${silenceMillis} ms`))
        },
      }
      waits.add(wait)
      if (!isLooking) lookAgain()
      answer.then(
        (value) => {
          heardAtLook = looks
          waits.delete(wait)
          resolve(value)
        },
        (error) => {
          waits.delete(wait)
          reject(error)
        },
      )
    })
}
