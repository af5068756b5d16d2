/** Holds the device name of a session to well-known `User-Agent` headers. */
import { expect, it } from "vitest"
import { deviceFromUserAgent } from "../../../adapters/http/server/request/UserAgent.ts"

const named = {
  "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0": "Firefox on Linux",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1":
    "Safari on iOS",
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0":
    "Microsoft Edge on Windows",
  "curl/8.5.0": "curl",
  "python-requests/2.31.0": "python-requests",
  "Taskwright CLI": "Taskwright CLI",
  node: "node",
}

it("a device is named as a person would name it", () => {
  for (const [userAgent, device] of Object.entries(named)) expect(deviceFromUserAgent(userAgent)).toBe(device)
})

it("what says nothing names nothing, and what says too much is cut", () => {
  for (const userAgent of [undefined, "", "   ", "()", "/1.0", "\u00ff\u0000"])
    expect(deviceFromUserAgent(userAgent)).toBeNull()
  for (const userAgent of ["a".repeat(10_000), `${"Firefox/1.0 ".repeat(2000)}(Linux)`, "x/y ".repeat(5000)]) {
    expect(deviceFromUserAgent(userAgent)?.length).toBeLessThanOrEqual(100)
  }
})
