/** Holds the response timeout to connections on which no command gets a response. */
import { setTimeout as pause } from "node:timers/promises"
import { Effect } from "effect"
import { expect } from "vitest"
import { makeStallDetector } from "../../../adapters/redis/connection/ResponseTimeout.ts"
import { liveScenario } from "../../support/steadily.ts"

const silenceMillis = 100
const never = new Promise<never>(() => {})
const scenario = (title: string, run: () => Promise<void>) => liveScenario(title, () => Effect.promise(run))
const after = <A>(millis: number, value: A) => pause(millis, value)

scenario("an answer is waited for while there is no silence", async () => {
  const unlessSilent = makeStallDetector(silenceMillis)
  expect(await unlessSilent(after(10, "soon"))).toBe("soon")
  // Its response comes after the timeout, but other commands get responses meanwhile.
  const late = unlessSilent(after(4 * silenceMillis, "late"))
  for (let others = 0; others < 8; others++) await unlessSilent(after(silenceMillis / 2, "another"))
  expect(await late).toBe("late")
})

scenario("it is no silence while this process cannot hear", async () => {
  const unlessSilent = makeStallDetector(silenceMillis)
  const heard = unlessSilent(after(2 * silenceMillis, "heard"))
  for (let turns = 0; turns < 4; turns++) {
    await pause(1)
    const until = performance.now() + silenceMillis
    while (performance.now() < until);
  }
  expect(await heard).toBe("heard")
})

scenario("a silence ends the wait", async () => {
  const unlessSilent = makeStallDetector(silenceMillis)
  await expect(unlessSilent(never)).rejects.toThrow("no answer within 100 ms")
  await expect(unlessSilent(after(3 * silenceMillis, "too late"))).rejects.toThrow("no answer")
})

scenario("nobody is waited for without an end, however many others are answered", async () => {
  const unlessSilent = makeStallDetector(silenceMillis)
  let isOver = false
  const lost = expect(unlessSilent(never)).rejects.toThrow("no answer")
  const others = (async () => {
    while (!isOver) await unlessSilent(after(5, "another"))
  })()
  await lost
  isOver = true
  await others
})

scenario("a refusal is passed on", async () => {
  await expect(makeStallDetector(silenceMillis)(Promise.reject(new Error("READONLY")))).rejects.toThrow("READONLY")
})
