/** Holds the SMTP sender to TLS and login. */
import { assert, describe } from "@effect/vitest"
import { Effect } from "effect"
import { addressOf, startSmtpServer } from "../../../support/smtpServer.ts"
import { liveScenario } from "../../../support/steadily.ts"
import { certificate, elsewhere, failureWith, login, send, trustCertificate, withSender } from "./smtpSender.ts"

describe("SmtpEmailSender with TLS", () => {
  liveScenario("logs in over STARTTLS, and sends nothing to a remote server that does not offer it", () =>
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

  liveScenario("sends nothing to a server with an untrusted certificate", () =>
    Effect.gen(function* () {
      for (const isImplicitTls of [false, true]) {
        const settings = { certificate, host: elsewhere, login, isImplicitTls }
        const failure = yield* failureWith(settings)
        assert.isFalse(failure.isFinal)
        assert.deepStrictEqual([failure.logins, failure.received], [[], []])
      }
    }),
  )

  liveScenario("needs no certificate of a local mail server without login", () =>
    Effect.gen(function* () {
      const server = yield* startSmtpServer({ certificate })
      yield* send().pipe(withSender(addressOf(server.port)))
      assert.deepStrictEqual(
        server.received.map(({ isEncrypted }) => isEncrypted),
        [false],
      )
    }),
  )
})
