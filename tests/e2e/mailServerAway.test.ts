import { Effect, Exit, Layer, Redacted, Scope } from "effect"
import { afterAll, beforeAll, expect, test } from "vitest"
import { readMessage } from "../support/MailMessage.ts"
import { describeOnPostgres, emptySchema, TestSchema } from "../support/postgres.ts"
import { type ServerProcess, startServer } from "../support/serverProcess.ts"
import { type RunningSmtpServer, startSmtpServer } from "../support/smtpServer.ts"
import { makeTcpProxy, type TcpProxy } from "../support/TcpProxy.ts"

interface Ready {
  readonly status: string
  readonly checks: { readonly mail: string }
}

// Two processes share the database, so that both look into one outbox.
describeOnPostgres("a mail server that is away", () => {
  const scope = Scope.makeUnsafe()
  const servers: Array<ServerProcess> = []
  let mail: RunningSmtpServer
  let way: TcpProxy

  beforeAll(async () => {
    const { schema, ...running } = await Effect.gen(function* () {
      const { urlOfSchema: schema } = yield* TestSchema
      const mail = yield* startSmtpServer()
      const way = yield* makeTcpProxy({ host: "127.0.0.1", port: mail.port })
      return { schema, mail, way }
    }).pipe(
      (effect) => Effect.flatMap(Layer.buildWithScope(emptySchema, scope), (built) => Effect.provide(effect, built)),
      Scope.provide(scope),
      Effect.runPromise,
    )
    mail = running.mail
    way = running.way
    const settings = {
      DATABASE_URL: Redacted.value(schema),
      DATA_DIR: "memory:",
      SMTP_URL: `smtp://127.0.0.1:${way.port}`,
      MAIL_FROM: "Taskwright <tasks@example.com>",
    }
    servers.push(...(await Promise.all([startServer(settings), startServer(settings)])))
  })

  afterAll(async () => {
    await Promise.all(servers.map((server) => server.end("SIGKILL")))
    await Effect.runPromise(Scope.close(scope, Exit.void))
  })

  const ask = async (index: number, path: string, body?: object) => {
    const response = await fetch(`${servers[index % 2]?.url}${path}`, {
      ...(body !== undefined && {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    })
    return { status: response.status, body: (await response.json()) as unknown }
  }
  const mailCheck = async () => {
    const { body, status } = await ask(0, "/health/ready")
    const ready = body as Ready
    return [status, ready.status, ready.checks.mail]
  }

  test("keeps nobody from registering, and each of ten mails arrives once when it is back", async () => {
    const emails = Array.from({ length: 10 }, (_, index) => `user${index}@example.com`)
    expect(await mailCheck()).toEqual([200, "ok", "degraded"])
    for (const [index, email] of emails.entries()) {
      const registration = { email, password: "Correct Horse 1", full_name: "Ada Lovelace" }
      expect((await ask(index, "/api/v1/auth/register", registration)).status).toBe(201)
    }
    const output = () => servers.map((server) => server.output())
    // They have tried, in vain.
    await expect.poll(() => output().join(""), { timeout: 30_000 }).toContain("ECONNREFUSED")
    expect(mail.received).toEqual([])

    await Effect.runPromise(way.open)
    await expect.poll(() => mail.received.length, { timeout: 60_000 }).toBeGreaterThanOrEqual(10)
    await expect.poll(mailCheck, { timeout: 30_000 }).toEqual([200, "ok", "ok"])
    const arrived = mail.received.map(({ source, to }) => ({ to: to.join(), message: readMessage(source) }))
    expect(arrived.map(({ to }) => to).toSorted()).toEqual(emails)
    for (const [index, { message }] of arrived.entries()) {
      expect(message.header("From")).toBe("Taskwright <tasks@example.com>")
      const token = /verify-email\?token=(\S+)/.exec(message.partOf("text/plain"))?.[1] ?? ""
      expect((await ask(index, "/api/v1/auth/verify-email", { token })).status).toBe(200)
      for (const text of output()) expect(text).not.toContain(token)
    }
    for (const text of output()) expect(text).not.toContain("@example.com")

    // Nothing is left that a process could send once more.
    expect(await Promise.all(servers.map((server) => server.end("SIGTERM")))).toEqual([0, 0])
    expect(mail.received).toHaveLength(10)
  })
})
