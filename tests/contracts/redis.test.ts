/** Holds the adapters on a single Redis server to their contracts. */
import { afterAll } from "vitest"
import { deletePrefix, describeOnRedis, freshPrefix, patientMillis, processOn, redisUrl } from "../support/redis.ts"
import { suites } from "../support/redisSuites.ts"

describeOnRedis("on a Redis", () => {
  const url = redisUrl ?? ""
  const prefix = freshPrefix()
  suites("Redis", () => processOn(url, prefix, { deadlineMillis: patientMillis }))
  afterAll(() => deletePrefix(url, prefix))
})
