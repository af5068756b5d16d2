/** Tests uptimes and durations while the system clock is set back. */
import { Clock, Effect, Layer, Logger } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { memory } from "../../bootstrap/memory.ts"
import { skewedClock } from "../support/clockSkew.ts"
import { type Service, startService } from "../support/http.ts"

describe("a service whose clock is set back again and again", () => {
  let service: Service
  const lines: Array<string> = []
  beforeAll(async () => {
    // Each reading is one second earlier than the last.
    let readings = 0
    const clock = skewedClock(await Effect.runPromise(Clock.Clock), () => -1_000 * ++readings)
    const ports = memory.pipe(Layer.provideMerge(Layer.succeed(Clock.Clock, clock)))
    service = await startService(ports, {}, [
      Logger.map(Logger.formatJson, (line) => {
        lines.push(line)
      }),
    ])
  })
  afterAll(() => service.stop())

  it("tells no age and no duration below zero", async () => {
    for (let asked = 0; asked < 3; asked++) {
      const health = await service.ask("GET", "/health")
      expect(health.body["uptime"]).toBeGreaterThanOrEqual(0)
      expect((await service.ask("GET", "/api/v1/tasks")).status).toBe(401)
    }
    const durations = lines.flatMap((line) => {
      const { annotations } = JSON.parse(line) as { readonly annotations: { readonly duration_ms?: number } }
      return annotations.duration_ms ?? []
    })
    expect(durations.length).toBeGreaterThan(0)
    expect(Math.min(...durations)).toBeGreaterThanOrEqual(0)
  })
})
