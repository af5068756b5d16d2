/** Holds the SMTP sender to its messages, timeouts and classes of failure. */
import { describe, expect } from "@effect/vitest"
import { Effect, Logger, References } from "effect"
import { readMessage } from "../../../support/MailMessage.ts"
import { addressOf, type SmtpServerSettings, startSmtpServer } from "../../../support/smtpServer.ts"
import { liveScenario } from "../../../support/steadily.ts"
import { makeTcpProxy } from "../../../support/TcpProxy.ts"
import { failureWith, login, mailId, makeEmail, send, token, withSender } from "./smtpSender.ts"

describe("SmtpEmailSender", () => {
  liveScenario("sends a message with its headers and with both parts", () =>
    Effect.gen(function* () {
      const server = yield* startSmtpServer()
      const email = makeEmail()
      yield* send(email).pipe(withSender(addressOf(server.port)))
      const [mail, ...more] = server.received
      expect([more, mail?.to]).toStrictEqual([[], [email.to]])
      const message = readMessage(mail?.source ?? "")
      expect(message.header("From")).toBe("Taskwright <no-reply@example.com>")
      expect(message.header("To")).toMatch(new RegExp(`<${email.to}>$`))
      expect(message.header("Message-ID")).toBe(`<${mailId}@example.com>`)
      expect(Math.abs(Date.parse(message.header("Date")) - Date.now()) < 60_000).toBe(true)
      expect(message.header("Content-Type")).toMatch(/^multipart\/alternative;/)
      expect(message.partOf("text/plain")).toContain("Hello Zoë Lovelace,")
      expect(message.partOf("text/html")).toContain(`https://tasks.example.com/verify-email?token=${token}`)
    }),
  )

  liveScenario("sends many emails over few connections", () =>
    Effect.gen(function* () {
      const server = yield* startSmtpServer()
      yield* Effect.forEach(Array.from({ length: 40 }), () => send(), { concurrency: "unbounded" }).pipe(
        withSender(addressOf(server.port)),
      )
      expect(server.received.length).toBe(40)
      expect(server.connections()).toBeLessThanOrEqual(5)
    }),
  )

  liveScenario("treats a refusal of the recipient or the message as final, with its codes as the reason", () =>
    Effect.gen(function* () {
      const recipient = yield* failureWith({ refuse: () => 550 })
      expect([recipient.reason, recipient.isFinal]).toStrictEqual(["EENVELOPE RCPT TO 550 5.1.1", true])
      const message = yield* failureWith({ refuseMessage: () => 554 })
      expect([message.reason, message.isFinal]).toStrictEqual(["EMESSAGE DATA 554 5.1.1", true])
    }),
  )

  liveScenario("treats no other refusal as final", () =>
    Effect.gen(function* () {
      const cases: ReadonlyArray<readonly [SmtpServerSettings, RegExp]> = [
        [{ refuse: () => 450 }, /^EENVELOPE RCPT TO 450/],
        [{ refuse: () => 530 }, /^EENVELOPE RCPT TO 530/],
        [{ refuseMessage: () => 451 }, /^EMESSAGE DATA 451/],
        [{ refuseSender: () => 550 }, /^EENVELOPE MAIL FROM 550/],
      ]
      for (const [settings, reason] of cases) {
        const failure = yield* failureWith(settings)
        expect(failure.reason).toMatch(reason)
        expect(failure.isFinal, failure.reason).toBe(false)
      }
      const wrong = { user: login.user, password: "wrong" }
      const refused = yield* failureWith({ isPlain: true, login }, { login: wrong })
      expect(refused.reason).toMatch(/^EAUTH .*535/)
      expect(refused.isFinal).toBe(false)
    }),
  )

  liveScenario("sends the next email after a refusal", () =>
    Effect.gen(function* () {
      const [first, second] = [makeEmail(), makeEmail()]
      const server = yield* startSmtpServer({ refuse: (address) => (address === first.to ? 550 : undefined) })
      yield* Effect.gen(function* () {
        yield* Effect.flip(send(first))
        yield* send(second)
      }).pipe(withSender(addressOf(server.port)))
      expect(server.received.map(({ to }) => to)).toStrictEqual([[second.to]])
    }),
  )

  liveScenario("fails while the server is unavailable, and sends when it returns on the same address", () =>
    Effect.gen(function* () {
      const server = yield* startSmtpServer()
      const proxy = yield* makeTcpProxy({ host: "127.0.0.1", port: server.port })
      yield* Effect.gen(function* () {
        const away = yield* Effect.flip(send())
        expect([away.reason, away.isFinal]).toStrictEqual(["ESOCKET ECONNREFUSED CONN", false])
        yield* proxy.open
        yield* send()
        yield* proxy.cut
        expect((yield* Effect.flip(send())).isFinal).toBe(false)
        yield* proxy.open
        yield* send()
      }).pipe(withSender(addressOf(proxy.port)))
      expect(server.received.length).toBe(2)
    }),
  )

  liveScenario("times out if the server stalls before or during an email", () =>
    Effect.gen(function* () {
      const server = yield* startSmtpServer()
      const proxy = yield* makeTcpProxy({ host: "127.0.0.1", port: server.port })
      yield* proxy.open
      yield* Effect.gen(function* () {
        yield* send()
        yield* proxy.silence
        // The existing connection, and a new one, on which no greeting arrives.
        for (let count = 0; count < 2; count++) {
          const silent = yield* Effect.flip(send())
          expect([silent.reason, silent.isFinal]).toStrictEqual(["no answer in 500 ms", false])
        }
        yield* proxy.open
        yield* send()
      }).pipe(withSender(addressOf(proxy.port), 500))
      expect(server.received.length).toBe(2)
    }),
  )

  liveScenario("cancels an email after a timeout, so that a late response delivers nothing", () =>
    Effect.gen(function* () {
      const server = yield* startSmtpServer({ thinkingMillis: 400 })
      yield* Effect.gen(function* () {
        yield* Effect.flip(send())
        yield* Effect.sleep("1 second")
        expect(server.received).toStrictEqual([])
      }).pipe(withSender(addressOf(server.port), 200))
    }),
  )

  liveScenario("sends an email once if its response is lost", () =>
    Effect.gen(function* () {
      let isLost = true
      const server = yield* startSmtpServer({
        refuseMessage: () => {
          if (isLost) Effect.runFork(Effect.andThen(proxy.cut, proxy.open))
          isLost = false
          return undefined
        },
      })
      const proxy = yield* makeTcpProxy({ host: "127.0.0.1", port: server.port })
      yield* proxy.open
      yield* Effect.gen(function* () {
        const lost = yield* Effect.flip(send())
        expect(lost.isFinal).toBe(false)
        yield* Effect.sleep("1 second")
        expect(server.received.length).toBe(1)
        yield* send()
      }).pipe(withSender(addressOf(proxy.port)))
    }),
  )

  /** Runs the sends, and returns the lines that they log, with their levels. */
  const linesOf = Effect.fnUntraced(function* <A, E, R>(sends: Effect.Effect<A, E, R>) {
    const lines: Array<string> = []
    const logger = Logger.make(({ fiber, logLevel, message }) => {
      const annotations = Object.keys(fiber.getRef(References.CurrentLogAnnotations))
      lines.push([logLevel, String(message), ...annotations].join(" "))
    })
    yield* sends.pipe(
      Effect.provide(Logger.layer([logger])),
      Effect.provideService(References.MinimumLogLevel, "Trace"),
    )
    return lines
  })

  liveScenario("logs once that the server is reached, is lost and is back, for many emails", () =>
    Effect.gen(function* () {
      const server = yield* startSmtpServer()
      const proxy = yield* makeTcpProxy({ host: "127.0.0.1", port: server.port })
      const sendAnnotated = Effect.annotateLogs(send(), { mail_id: mailId })
      const many = Effect.forEach([1, 2, 3], () => Effect.exit(sendAnnotated), { concurrency: 3 })
      const lines = yield* linesOf(
        Effect.gen(function* () {
          yield* proxy.open
          yield* many
          yield* many
          yield* proxy.cut
          yield* many
          yield* many
          yield* proxy.open
          yield* many
        }).pipe(withSender(addressOf(proxy.port))),
      )
      const where = `127.0.0.1:${proxy.port}`
      expect(lines).toHaveLength(3)
      expect(lines[0]).toBe(`Info Connected to the mail server at ${where}.`)
      expect(lines[1]).toMatch(
        new RegExp(`^Warn The mail server at ${where} is away \\([A-Z ]+\\): emails wait until it is back\\.$`),
      )
      expect(lines[2]).toMatch(new RegExp(`^Info The mail server at ${where} is back after [0-9.]+ s\\.$`))
    }),
  )

  liveScenario("logs that a silent server, or one that refuses the login, is away", () =>
    Effect.gen(function* () {
      const server = yield* startSmtpServer({ isPlain: true, login })
      const wrong = addressOf(server.port, { login: { user: login.user, password: "wrong" } })
      const refused = yield* linesOf(Effect.exit(send()).pipe(withSender(wrong)))
      expect(refused).toStrictEqual([expect.stringMatching(/is away \(EAUTH .*535/)])
      const proxy = yield* makeTcpProxy({ host: "127.0.0.1", port: server.port })
      yield* proxy.open
      yield* proxy.silence
      const silent = yield* linesOf(Effect.exit(send()).pipe(withSender(addressOf(proxy.port), 200)))
      expect(silent).toStrictEqual([expect.stringContaining("is away (no answer in 200 ms)")])
    }),
  )

  liveScenario("logs no password, address or token, and a refused email as a sign of a server that works", () =>
    Effect.gen(function* () {
      const server = yield* startSmtpServer({ isPlain: true, login, refuse: () => 550 })
      const lines = yield* linesOf(Effect.flip(send()).pipe(withSender(addressOf(server.port, { login }))))
      expect(server.logins).toHaveLength(1)
      expect(lines).toStrictEqual([`Info Connected to the mail server at 127.0.0.1:${server.port}.`])
    }),
  )
})
