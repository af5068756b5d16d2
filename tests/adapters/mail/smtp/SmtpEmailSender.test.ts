/** Holds the SMTP sender to TLS, login, timeouts and its classes of failure. */
import { once } from "node:events"
import { type AddressInfo, createServer } from "node:net"
import { getCACertificates, setDefaultCACertificates } from "node:tls"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Logger, References } from "effect"
import { TestClock } from "effect/testing"
import * as SmtpEmailSender from "../../../../adapters/mail/smtp/SmtpEmailSender.ts"
import type { SmtpServer } from "../../../../adapters/mail/smtp/SmtpUrl.ts"
import { Email, EmailSender } from "../../../../application/mail/EmailSender.ts"
import { FullName } from "../../../../domain/accounts/UserAccount.ts"
import { newEmail } from "../../../support/entities.ts"
import { readMessage } from "../../../support/MailMessage.ts"
import { makeSelfSignedCertificate } from "../../../support/selfSignedCertificate.ts"
import { addressOf, type SmtpServerSettings, startSmtpServer } from "../../../support/smtpServer.ts"
import { liveScenario } from "../../../support/steadily.ts"
import { makeTcpProxy } from "../../../support/TcpProxy.ts"

const login = { user: "taskwright", password: "hunter2" }
const token = "t0ken-_".padEnd(64, "x")
const mailId = "019c0000-0000-7000-8000-000000000000.2"

/** An address of this machine in a form that does not count as local, as a remote server's would. */
const elsewhere = "::ffff:7f00:1"
const certificate = makeSelfSignedCertificate([
  Uint8Array.of(127, 0, 0, 1),
  Buffer.from("00000000000000000000ffff7f000001", "hex"),
])

/** Makes this process trust the certificate until the scope closes. */
const trustCertificate = Effect.acquireRelease(
  Effect.sync(() => {
    const before = getCACertificates("default")
    setDefaultCACertificates([...before, certificate.certificate])
    return before
  }),
  (before) => Effect.sync(() => setDefaultCACertificates(before)),
)

const withSender =
  (server: SmtpServer, sendLimitMillis?: number) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    Effect.provide(
      effect,
      SmtpEmailSender.layer({
        server,
        from: { name: "Taskwright", address: "no-reply@example.com" },
        publicUrl: "https://tasks.example.com",
        sendLimitMillis,
      }),
    )

const makeEmail = () => Email.VerifyEmail({ to: newEmail(), fullName: FullName.make("Zoë Lovelace"), token })
const send = (email: Email = makeEmail()) => Effect.flatMap(EmailSender, (sender) => sender.send(email, mailId))
const isReachable = Effect.flatMap(EmailSender, (sender) => sender.isReachable)

/** Sends one email through such a server and returns the reason of its failure. */
const failureWith = Effect.fnUntraced(function* (settings: SmtpServerSettings, told: SmtpServerSettings = settings) {
  const server = yield* startSmtpServer(settings)
  const email = makeEmail()
  const failure = yield* Effect.flip(send(email)).pipe(withSender(addressOf(server.port, told)))
  for (const secret of [email.to, token, login.password]) assert.notInclude(failure.reason, secret)
  return { ...server, ...failure, reason: failure.reason, isFinal: failure.isFinal }
})

describe("SmtpEmailSender", () => {
  liveScenario("sends a message with its headers and with both parts", () =>
    Effect.gen(function* () {
      const server = yield* startSmtpServer()
      const email = makeEmail()
      yield* send(email).pipe(withSender(addressOf(server.port)))
      const [mail, ...more] = server.received
      assert.deepStrictEqual([more, mail?.to], [[], [email.to]])
      const message = readMessage(mail?.source ?? "")
      assert.strictEqual(message.header("From"), "Taskwright <no-reply@example.com>")
      assert.match(message.header("To"), new RegExp(`<${email.to}>$`))
      assert.strictEqual(message.header("Message-ID"), `<${mailId}@example.com>`)
      assert.isTrue(Math.abs(Date.parse(message.header("Date")) - Date.now()) < 60_000)
      assert.match(message.header("Content-Type"), /^multipart\/alternative;/)
      assert.include(message.partOf("text/plain"), "Hello Zoë Lovelace,")
      assert.include(message.partOf("text/html"), `https://tasks.example.com/verify-email?token=${token}`)
    }),
  )

  liveScenario("sends many mails over few connections", () =>
    Effect.gen(function* () {
      const server = yield* startSmtpServer()
      yield* Effect.forEach(Array.from({ length: 40 }), () => send(), { concurrency: "unbounded" }).pipe(
        withSender(addressOf(server.port)),
      )
      assert.strictEqual(server.received.length, 40)
      assert.isAtMost(server.connections(), 5)
    }),
  )

  liveScenario("takes a refusal of the recipient or of the message for good, with its codes as the reason", () =>
    Effect.gen(function* () {
      const recipient = yield* failureWith({ refuse: () => 550 })
      assert.deepStrictEqual([recipient.reason, recipient.isFinal], ["EENVELOPE RCPT TO 550 5.1.1", true])
      const message = yield* failureWith({ refuseMessage: () => 554 })
      assert.deepStrictEqual([message.reason, message.isFinal], ["EMESSAGE DATA 554 5.1.1", true])
    }),
  )

  liveScenario("takes no other refusal for good", () =>
    Effect.gen(function* () {
      const cases: ReadonlyArray<readonly [SmtpServerSettings, RegExp]> = [
        [{ refuse: () => 450 }, /^EENVELOPE RCPT TO 450/],
        [{ refuse: () => 530 }, /^EENVELOPE RCPT TO 530/],
        [{ refuseMessage: () => 451 }, /^EMESSAGE DATA 451/],
        [{ refuseSender: () => 550 }, /^EENVELOPE MAIL FROM 550/],
      ]
      for (const [settings, reason] of cases) {
        const failure = yield* failureWith(settings)
        assert.match(failure.reason, reason)
        assert.isFalse(failure.isFinal, failure.reason)
      }
      const wrong = { user: login.user, password: "wrong" }
      const refused = yield* failureWith({ isPlain: true, login }, { login: wrong })
      assert.match(refused.reason, /^EAUTH .*535/)
      assert.isFalse(refused.isFinal)
    }),
  )

  liveScenario("goes on with the next mail after a refusal", () =>
    Effect.gen(function* () {
      const [first, second] = [makeEmail(), makeEmail()]
      const server = yield* startSmtpServer({ refuse: (address) => (address === first.to ? 550 : undefined) })
      yield* Effect.gen(function* () {
        yield* Effect.flip(send(first))
        yield* send(second)
      }).pipe(withSender(addressOf(server.port)))
      assert.deepStrictEqual(
        server.received.map(({ to }) => to),
        [[second.to]],
      )
    }),
  )

  liveScenario("fails while the server is away, and sends once it is back on the same address", () =>
    Effect.gen(function* () {
      const server = yield* startSmtpServer()
      const proxy = yield* makeTcpProxy({ host: "127.0.0.1", port: server.port })
      yield* Effect.gen(function* () {
        const away = yield* Effect.flip(send())
        assert.deepStrictEqual([away.reason, away.isFinal], ["ESOCKET ECONNREFUSED CONN", false])
        yield* proxy.open
        yield* send()
        yield* proxy.cut
        assert.isFalse((yield* Effect.flip(send())).isFinal)
        yield* proxy.open
        yield* send()
      }).pipe(withSender(addressOf(proxy.port)))
      assert.strictEqual(server.received.length, 2)
    }),
  )

  liveScenario("gives a server up that goes silent, before and in the middle of a mail", () =>
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
          assert.deepStrictEqual([silent.reason, silent.isFinal], ["no answer in 500 ms", false])
        }
        yield* proxy.open
        yield* send()
      }).pipe(withSender(addressOf(proxy.port), 500))
      assert.strictEqual(server.received.length, 2)
    }),
  )

  liveScenario("takes a mail back from a server that answers too late", () =>
    Effect.gen(function* () {
      const server = yield* startSmtpServer({ thinkingMillis: 400 })
      yield* Effect.gen(function* () {
        yield* Effect.flip(send())
        yield* Effect.sleep("1 second")
        assert.deepStrictEqual(server.received, [])
      }).pipe(withSender(addressOf(server.port), 200))
    }),
  )

  liveScenario("hands a mail over once where the answer to it is lost", () =>
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
        assert.isFalse(lost.isFinal)
        yield* Effect.sleep("1 second")
        assert.strictEqual(server.received.length, 1)
        yield* send()
      }).pipe(withSender(addressOf(proxy.port)))
    }),
  )

  liveScenario("logs in over STARTTLS, and says nothing to a server elsewhere that does not offer it", () =>
    Effect.gen(function* () {
      yield* trustCertificate
      const told = { host: elsewhere, login }
      const safe = yield* startSmtpServer({ certificate, ...told })
      yield* send().pipe(withSender(addressOf(safe.port, told)))
      assert.deepStrictEqual(
        safe.received.map(({ isEncrypted, user }) => ({ isEncrypted, user })),
        [{ isEncrypted: true, user: login.user }],
      )
      const plain = yield* failureWith({ isPlain: true, ...told }, told)
      assert.match(plain.reason, /^ETLS .*STARTTLS/)
      assert.isFalse(plain.isFinal)
      assert.deepStrictEqual([plain.logins, plain.received], [[], []])
    }),
  )

  liveScenario("sends nothing to a server whose certificate nobody trusts", () =>
    Effect.gen(function* () {
      for (const isImplicitTls of [false, true]) {
        const settings = { certificate, host: elsewhere, login, isImplicitTls }
        const failure = yield* failureWith(settings)
        assert.isFalse(failure.isFinal)
        assert.deepStrictEqual([failure.logins, failure.received], [[], []])
      }
    }),
  )

  liveScenario("needs no certificate of a mail server on this machine that wants no login", () =>
    Effect.gen(function* () {
      const server = yield* startSmtpServer({ certificate })
      yield* send().pipe(withSender(addressOf(server.port)))
      assert.deepStrictEqual(
        server.received.map(({ isEncrypted }) => isEncrypted),
        [false],
      )
    }),
  )

  liveScenario("logs nothing, so no password, address or token either", () =>
    Effect.gen(function* () {
      const lines: Array<unknown> = []
      const logger = Logger.make(({ message }) => {
        lines.push(message)
      })
      const server = yield* startSmtpServer({ isPlain: true, login, refuse: () => 550 })
      yield* Effect.flip(send()).pipe(
        withSender(addressOf(server.port, { login })),
        Effect.provide(Logger.layer([logger])),
        Effect.provideService(References.MinimumLogLevel, "Trace"),
      )
      assert.deepStrictEqual([server.logins.length, lines], [1, []])
    }),
  )
})

describe("the probe of SmtpEmailSender", () => {
  it.effect("says whether the server greets, asks it once in five seconds, and logs in nowhere", () =>
    Effect.gen(function* () {
      const server = yield* startSmtpServer({ isPlain: true, login })
      const proxy = yield* makeTcpProxy({ host: "127.0.0.1", port: server.port })
      yield* proxy.open
      yield* Effect.gen(function* () {
        const answers = yield* Effect.all([isReachable, isReachable, isReachable], { concurrency: "unbounded" })
        assert.deepStrictEqual([answers, server.connections()], [[true, true, true], 1])
        yield* proxy.cut
        yield* TestClock.adjust(4_999)
        assert.isTrue(yield* isReachable)
        yield* TestClock.adjust(1)
        assert.isFalse(yield* isReachable)
        yield* proxy.open
        yield* proxy.silence
        yield* TestClock.adjust(5_000)
        // A second of real time passes, whatever the clock says.
        assert.isFalse(yield* isReachable)
        yield* proxy.open
        yield* TestClock.adjust(5_000)
        assert.isTrue(yield* isReachable)
      }).pipe(withSender(addressOf(proxy.port, { login })))
      assert.deepStrictEqual(server.logins, [])
    }),
  )

  it.effect("has no more than a second for a server that takes its time with every word", () =>
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
      assert.isFalse(yield* isReachable.pipe(withSender(addressOf(port))))
    }),
  )

  it.effect("finds a server that cannot encrypt not good enough for a login", () =>
    Effect.gen(function* () {
      const told = { host: elsewhere, login }
      const server = yield* startSmtpServer({ isPlain: true, ...told })
      assert.isFalse(yield* isReachable.pipe(withSender(addressOf(server.port, told))))
    }),
  )
})
