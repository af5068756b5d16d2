/** Holds the database's outages to one log line and one count each. */
import { Effect, Logger } from "effect"
import { beforeEach, describe, expect, it } from "vitest"
import { type DatabaseHealth, makeDatabaseHealth } from "../../../adapters/postgres/client/DatabaseHealth.ts"
import { metricValue } from "../../support/metrics.ts"

describe("the health of the database", () => {
  const lines: Array<string> = []
  let health: DatabaseHealth
  let outagesBefore = 0
  let start = 0

  const outages = () => metricValue("taskwright_database_outages_total") - outagesBefore
  const isUp = () => metricValue("taskwright_database_up")

  beforeEach(() => {
    lines.length = 0
    const log = Logger.make<unknown, void>(({ logLevel, message }) => void lines.push(`${logLevel} ${message}`))
    health = Effect.runSync(Effect.provide(makeDatabaseHealth("db:5432/tasks"), Logger.layer([log])))
    start = performance.now()
    outagesBefore = metricValue("taskwright_database_outages_total")
  })

  it("logs and counts an outage once, however many statements fail, and its end once", () => {
    health.recordResponse(start)
    for (let failed = 0; failed < 100; failed++) health.recordFailure(start + 10 * failed, "ECONNREFUSED")
    expect([outages(), isUp()]).toEqual([1, 0])
    for (let answered = 0; answered < 100; answered++) health.recordResponse(start + 3_000)
    expect([outages(), isUp()]).toEqual([1, 1])
    expect(lines).toEqual([
      "Warn The database at db:5432/tasks is away (ECONNREFUSED): requests that need it get 503.",
      "Info The database at db:5432/tasks is back after 3.0 s.",
    ])
  })

  it("counts one outage while only some statements find a connection", () => {
    for (let millis = 0; millis <= 5_000; millis += 100) {
      health.recordFailure(start + millis, "too many connections")
      health.recordResponse(start + millis + 50)
    }
    expect([outages(), isUp(), lines.length]).toEqual([1, 0, 1])
    health.recordResponse(start + 6_000)
    expect([outages(), isUp(), lines.length]).toEqual([1, 1, 2])
  })

  it("counts a statement without a response only if no other one got any", () => {
    health.recordResponse(start)
    health.recordTimeout(start + 900, "no answer came in time")
    expect([outages(), lines]).toEqual([0, []])
    health.recordTimeout(start + 1_100, "no answer came in time")
    expect([outages(), isUp(), lines.length]).toEqual([1, 0, 1])
  })
})
