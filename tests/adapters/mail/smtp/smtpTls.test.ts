/** Holds the SMTP sender to TLS and login. */
import { describe, expect } from "@effect/vitest"
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
      expect(safe.received.map(({ isEncrypted, user }) => ({ isEncrypted, user }))).toStrictEqual([
        { isEncrypted: true, user: login.user },
      ])
      const plain = yield* failureWith({ isPlain: true, ...told }, told)
      expect(plain.reason).toMatch(/^ETLS .*STARTTLS/)
      expect(plain.isFinal).toBe(false)
      expect([plain.logins, plain.received]).toStrictEqual([[], []])
    }),
  )

  liveScenario("sends nothing to a server with an untrusted certificate", () =>
    Effect.gen(function* () {
      for (const isImplicitTls of [false, true]) {
        const settings = { certificate, host: elsewhere, login, isImplicitTls }
        const failure = yield* failureWith(settings)
        expect(failure.isFinal).toBe(false)
        expect([failure.logins, failure.received]).toStrictEqual([[], []])
      }
    }),
  )

  liveScenario("needs no certificate of a local mail server without login", () =>
    Effect.gen(function* () {
      const server = yield* startSmtpServer({ certificate })
      yield* send().pipe(withSender(addressOf(server.port)))
      expect(server.received.map(({ isEncrypted }) => isEncrypted)).toStrictEqual([false])
    }),
  )
})
