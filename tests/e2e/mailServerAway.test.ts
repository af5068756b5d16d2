/** Holds the service to one delivery of each email after an outage of the mail server. */
import { PgClient } from "@effect/sql-pg"
import { Effect, Exit, Layer, Redacted, Scope } from "effect"
import { afterAll, beforeAll, expect, it } from "vitest"
import { readMessage } from "../support/MailMessage.ts"
import { describeOnPostgres, emptySchema, TestSchema } from "../support/postgres.ts"
import { type ServerProcess, startServer } from "../support/serverProcess.ts"
import { type RunningSmtpServer, startSmtpServer } from "../support/smtpServer.ts"
import { makeTcpProxy, type TcpProxy } from "../support/TcpProxy.ts"

interface Ready {
  readonly status: string
  readonly checks: { readonly mail: string }
}

const registration = (email: string) => ({ email, password: "Correct Horse 1", full_name: "Ada Lovelace" })

const post = (server: ServerProcess | undefined, path: string, body: object) =>
  fetch(`${server?.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  })

const settingsOf = (schema: Redacted.Redacted, smtpPort: number) => ({
  DATABASE_URL: Redacted.value(schema),
  DATA_DIR: "memory:",
  SMTP_URL: `smtp://127.0.0.1:${smtpPort}`,
  MAIL_FROM: "Taskwright <tasks@example.com>",
})

/** Starts the resource in the scope, with all its dependencies on a schema of its own. */
const onSchema = <A, E>(make: Effect.Effect<A, E, TestSchema | Scope.Scope>, scope: Scope.Scope) =>
  Effect.flatMap(Layer.buildWithScope(emptySchema, scope), (context) => Effect.provide(make, context)).pipe(
    Scope.provide(scope),
    Effect.runPromise,
  )

describeOnPostgres("a mail server that is unavailable", () => {
  const scope = Scope.makeUnsafe()
  // Two processes share the database, so both read one outbox.
  let servers: ReadonlyArray<ServerProcess> = []
  let mail: RunningSmtpServer
  let way: TcpProxy

  beforeAll(async () => {
    const made = await onSchema(
      Effect.gen(function* () {
        const { urlOfSchema } = yield* TestSchema
        const mail = yield* startSmtpServer()
        const way = yield* makeTcpProxy({ host: "127.0.0.1", port: mail.port })
        return { settings: settingsOf(urlOfSchema, way.port), mail, way }
      }),
      scope,
    )
    mail = made.mail
    way = made.way
    servers = await Promise.all([startServer(made.settings), startServer(made.settings)])
  })

  afterAll(async () => {
    await Promise.all(servers.map((server) => server.end("SIGKILL")))
    await Effect.runPromise(Scope.close(scope, Exit.void))
  })

  const mailCheck = async () => {
    const response = await fetch(`${servers[0]?.url}/health/ready`)
    const ready = (await response.json()) as Ready
    return [response.status, ready.status, ready.checks.mail]
  }

  it("does not prevent registrations, and each of ten emails arrives once after its return", async () => {
    const emails = Array.from({ length: 10 }, (_, index) => `user${index}@example.com`)
    expect(await mailCheck()).toEqual([200, "ok", "degraded"])
    for (const [index, email] of emails.entries()) {
      expect((await post(servers[index % 2], "/api/v1/auth/register", registration(email))).status).toBe(201)
    }
    const output = () => servers.map((server) => server.output())
    // Both have tried and failed.
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
      expect((await post(servers[index % 2], "/api/v1/auth/verify-email", { token })).status).toBe(200)
      for (const text of output()) expect(text).not.toContain(token)
    }
    for (const text of output()) expect(text).not.toContain("@example.com")

    // No email is left that a process could send a second time.
    expect(await Promise.all(servers.map((server) => server.end("SIGTERM")))).toEqual([0, 0])
    expect(mail.received).toHaveLength(10)
  })
})

describeOnPostgres("a process that is stopped while it sends an email", () => {
  const scope = Scope.makeUnsafe()
  afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))

  it("sends it, records that, and ends", async () => {
    const { mail, schema } = await onSchema(
      Effect.gen(function* () {
        return { schema: (yield* TestSchema).urlOfSchema, mail: yield* startSmtpServer({ thinkingMillis: 2_000 }) }
      }),
      scope,
    )
    const server = await startServer(settingsOf(schema, mail.port))
    expect((await post(server, "/api/v1/auth/register", registration("ada@example.com"))).status).toBe(201)
    await expect.poll(() => mail.connections(), { timeout: 30_000 }).toBe(1)
    expect(mail.received).toEqual([])
    expect(await server.end("SIGTERM")).toBe(0)
    expect(mail.received).toHaveLength(1)
    const waiting = Effect.flatMap(
      PgClient.PgClient,
      (sql) => sql`SELECT id FROM outgoing_emails WHERE sent_at IS NULL`,
    )
    expect(await Effect.runPromise(Effect.provide(waiting, PgClient.layer({ url: schema })))).toEqual([])
  })
})
