/** Holds the probe of the SMTP sender to its limits. */
import { once } from "node:events"
import { type AddressInfo, createServer } from "node:net"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { addressOf, startSmtpServer } from "../../../support/smtpServer.ts"
import { makeTcpProxy } from "../../../support/TcpProxy.ts"
import { elsewhere, isReachable, login, withSender } from "./smtpSender.ts"

describe("the probe of SmtpEmailSender", () => {
  it.effect("reports whether the server greets, at most once in five seconds, without a login", () =>
    Effect.gen(function* () {
      const server = yield* startSmtpServer({ isPlain: true, login })
      const proxy = yield* makeTcpProxy({ host: "127.0.0.1", port: server.port })
      yield* proxy.open
      yield* Effect.gen(function* () {
        const answers = yield* Effect.all([isReachable, isReachable, isReachable], { concurrency: "unbounded" })
        expect([answers, server.connections()]).toStrictEqual([[true, true, true], 1])
        yield* proxy.cut
        yield* TestClock.adjust(4_999)
        expect(yield* isReachable).toBe(true)
        yield* TestClock.adjust(1)
        expect(yield* isReachable).toBe(false)
        yield* proxy.open
        yield* proxy.silence
        yield* TestClock.adjust(5_000)
        // A second of real time passes, whatever the clock says.
        expect(yield* isReachable).toBe(false)
        yield* proxy.open
        yield* TestClock.adjust(5_000)
        expect(yield* isReachable).toBe(true)
      }).pipe(withSender(addressOf(proxy.port, { login })))
      expect(server.logins).toStrictEqual([])
    }),
  )

  it.effect("times out after a second, even if each reply arrives in time", () =>
    Effect.gen(function* () {
      const slow = createServer((socket) => {
        const say = (line: string) => setTimeout(() => socket.write(`${line}\r\n`), 600)
        socket.on("error", () => {})
        socket.on("data", () => say("250 slow"))
        say("220 slow")
      })
      yield* Effect.acquireRelease(
        Effect.promise(() => once(slow.listen(0, "127.0.0.1"), "listening")),
        () => Effect.sync(() => slow.close()),
      )
      const { port } = slow.address() as AddressInfo
      expect(yield* isReachable.pipe(withSender(addressOf(port)))).toBe(false)
    }),
  )

  it.effect("rejects a server without encryption if a login is configured", () =>
    Effect.gen(function* () {
      const told = { host: elsewhere, login }
      const server = yield* startSmtpServer({ isPlain: true, ...told })
      expect(yield* isReachable.pipe(withSender(addressOf(server.port, told)))).toBe(false)
    }),
  )
})
