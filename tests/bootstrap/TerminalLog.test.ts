/** Holds the terminal's log to one readable line an entry. */
import { stripVTControlCharacters } from "node:util"
import { describe, expect, it } from "@effect/vitest"
import { Cause, Effect, Logger } from "effect"
import { terminalLog } from "../../adapters/telemetry/TerminalLog.ts"

const written = (program: Effect.Effect<unknown>): ReadonlyArray<string> => {
  const texts: Array<string> = []
  Effect.runSync(Effect.provide(program, Logger.layer([terminalLog((text) => texts.push(text))])))
  return texts.map(stripVTControlCharacters)
}

describe("the log on a terminal", () => {
  it("says of a request in one line what was asked, and how it was answered", () => {
    const request = {
      request_id: "0199-id",
      method: "GET",
      route: "GET /api/v1/tasks",
      status: 200,
      duration_ms: 4,
      user_id: "0199-user",
      session_id: "0199-session",
    }
    const [line = "", ...others] = written(Effect.annotateLogs(Effect.logInfo("request"), request))
    expect(others).toStrictEqual([])
    expect(line).toMatch(/^\d\d:\d\d:\d\d\.\d{3} INFO {2}GET \/api\/v1\/tasks 200 4 ms 0199-id\n$/)
  })

  it("keeps an entry on its line, whatever is in it", () => {
    const entry = Effect.annotateLogs(Effect.logWarning("first\nsecond\u001b[2J"), { path: "a\r\nb", count: 3 })
    const [line = "", ...others] = written(entry)
    expect(others).toStrictEqual([])
    expect(line).toMatch(/ WARN {2}first second path=a b count=3\n$/)
  })

  it("shows the cause of what failed", () => {
    const failed = { request_id: "1", method: "GET", route: "GET /health", status: 500, duration_ms: 1 }
    const [text = ""] = written(
      Effect.annotateLogs(Effect.logError("request failed", Cause.die(new Error("broken"))), failed),
    )
    expect(text).toMatch(/ ERROR GET \/health 500 1 ms 1\n.*broken/)
  })
})
