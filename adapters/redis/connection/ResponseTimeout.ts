/** How long anything waits for somebody who answers others meanwhile: they are there, and have much to do. */
const busyMillis = 1_000
/** How often it is looked whether it is silent. */
const lookMillis = 10

interface Wait {
  readonly sinceLook: number
  readonly sinceMillis: number
  readonly giveUp: () => void
}

/**
 * Makes a wait for one who may be gone: it ends where nobody was answered for `silenceMillis`, and after a second more
 * at the latest. One answer that is late among others is no silence. Nor is it one while this process has no turn to
 * hear anything, because it or its machine has much to do: time goes by looks of 10 ms, and a late one counts as one.
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
      // The first look may come as soon as the wait has begun.
      if (silentMillis > silenceMillis || now - wait.sinceMillis > silenceMillis + busyMillis) wait.giveUp()
    }
    lookAgain()
  }
  // Timers run before the sockets are read: after a turn that was held up, an answer may lie there already.
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
