/** Tests that the checks of a set-up compare the clock of this machine with those of the database and of Redis. */
import { expect, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import type { Finding } from "../../../adapters/diagnosis/Finding.ts"
import { checkServer } from "../../../adapters/postgres/DatabaseCheck.ts"
import { checkRedis } from "../../../adapters/redis/RedisCheck.ts"
import { skewsMillis, withClockSkew } from "../../support/clockSkew.ts"
import { serverUrl as databaseUrl, describeOnPostgres } from "../../support/postgres.ts"
import { describeOnRedis, redisUrl } from "../../support/redis.ts"

const tells = (name: string, check: Effect.Effect<ReadonlyArray<Finding>>) =>
  it.live.each(skewsMillis)("report a difference of %i ms", (skewMillis) =>
    Effect.gen(function* () {
      const findings = yield* withClockSkew(skewMillis)(check)
      const found = findings.find((finding) => finding.check === name)
      expect(found).toMatchObject({ status: "warning" })
      expect(found?.message).toMatch(/^the clocks differ by (?:59\d|60\d)\.\d s\. Synchronize/)
    }),
  )

describeOnPostgres("checks of a database", () =>
  tells("database clock", checkServer({ url: Redacted.make(databaseUrl ?? "") })),
)
describeOnRedis("checks of Redis", () => tells("Redis clock", checkRedis(Redacted.make(redisUrl ?? ""))))
