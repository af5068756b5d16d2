/** Holds the response timeout to connections on which no command gets a response. */
import { setTimeout as pause } from "node:timers/promises"
import { Effect } from "effect"
import { expect } from "vitest"
import { makeStallDetector } from "../../../adapters/redis/connection/StallDetector.ts"
import { liveScenario } from "../../support/steadily.ts"

const stallMillis = 100
const never = new Promise<never>(() => {})
const scenario = (title: string, run: () => Promise<void>) => liveScenario(title, () => Effect.promise(run))
const after = <A>(millis: number, value: A) => pause(millis, value)

scenario("a pending reply is not rejected while other replies arrive", async () => {
  const failWhenStalled = makeStallDetector(stallMillis)
  expect(await failWhenStalled(after(10, "soon"))).toBe("soon")
  // Its response comes after the timeout, but other commands get responses meanwhile.
  const late = failWhenStalled(after(4 * stallMillis, "late"))
  for (let others = 0; others < 8; others++) await failWhenStalled(after(stallMillis / 2, "another"))
  expect(await late).toBe("late")
})

scenario("a blocked event loop does not count as a stall", async () => {
  const failWhenStalled = makeStallDetector(stallMillis)
  const heard = failWhenStalled(after(2 * stallMillis, "heard"))
  for (let turns = 0; turns < 4; turns++) {
    await pause(1)
    const until = performance.now() + stallMillis
    while (performance.now() < until);
  }
  expect(await heard).toBe("heard")
})

scenario("a stall rejects the pending reply", async () => {
  const failWhenStalled = makeStallDetector(stallMillis)
  await expect(failWhenStalled(never)).rejects.toThrow("no answer within 100 ms")
  await expect(failWhenStalled(after(3 * stallMillis, "too late"))).rejects.toThrow("no answer")
})

scenario("a pending reply is rejected in the end, however many other replies arrive", async () => {
  const failWhenStalled = makeStallDetector(stallMillis)
  let isOver = false
  const lost = expect(failWhenStalled(never)).rejects.toThrow("no answer")
  const others = (async () => {
    while (!isOver) await failWhenStalled(after(5, "another"))
  })()
  await lost
  isOver = true
  await others
})

scenario("a rejected reply rejects with its own error", async () => {
  await expect(makeStallDetector(stallMillis)(Promise.reject(new Error("READONLY")))).rejects.toThrow("READONLY")
})
