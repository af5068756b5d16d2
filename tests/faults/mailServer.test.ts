/** Holds a server to prompt registrations, and to one delivery of each email, when its mail server fails. */
import { Effect, Exit, Scope } from "effect"
import { afterAll, beforeAll, expect, it } from "vitest"
import { describeOnPostgres } from "../support/postgres.ts"
import type { ServerProcess } from "../support/serverProcess.ts"
import { type RunningSmtpServer, startSmtpServer } from "../support/smtpServer.ts"
import { makeTcpProxy, type TcpProxy } from "../support/TcpProxy.ts"
import { call, registration } from "./Caller.ts"
import { serverOnPostgres } from "./serverOnPostgres.ts"
import { logLines, oneOutage, outageLines, type Scrape, scrape } from "./Watch.ts"

const run = Effect.runPromise
const limitMillis = 120_000
const emailsPerFault = 5

describeOnPostgres("a server whose mail server fails", () => {
  const scope = Scope.makeUnsafe()
  let mail: RunningSmtpServer
  let proxy: TcpProxy
  let server: ServerProcess
  /** How the mail server behaves now. */
  const behaviour: { thinkingMillis: number; status: number | undefined } = { thinkingMillis: 0, status: undefined }

  beforeAll(async () => {
    const prepare = Effect.gen(function* () {
      mail = yield* startSmtpServer({
        get thinkingMillis() {
          return behaviour.thinkingMillis
        },
        refuseSender: () => behaviour.status,
      })
      proxy = yield* makeTcpProxy({ host: "127.0.0.1", port: mail.port })
      yield* proxy.open
      return { SMTP_URL: `smtp://127.0.0.1:${proxy.port}` }
    })
    server = await run(Scope.provide(serverOnPostgres(prepare), scope))
  })
  afterAll(() => run(Scope.close(scope, Exit.void)))

  const registerAll = async () => {
    const bodies = Array.from({ length: emailsPerFault }, registration)
    const replies = await Promise.all(bodies.map((body) => call(server.url, "POST", "/api/v1/auth/register", { body })))
    expect(replies.map(({ status }) => status)).toEqual(bodies.map(() => 201))
    return bodies.map(({ email }) => email)
  }
  const arrived = (emails: ReadonlyArray<string>) =>
    mail.received.flatMap(({ to }) => to).filter((address) => emails.includes(address))
  const postponed = (metrics: Scrape) => metrics.sum("taskwright_outbox_postponed_total")
  const attemptLines = () =>
    logLines(server).filter(({ message }) => message === "A mail could not be sent; trying again.")

  /** Applies the fault, registers users, ends it, and checks emails, log and metrics. */
  const suffer = async (
    name: string,
    begin: () => Promise<unknown>,
    end: () => Promise<unknown>,
    { isOutage, isPostponed }: { readonly isOutage: boolean; readonly isPostponed: boolean },
  ): Promise<void> => {
    const linesBefore = outageLines(server, "The mail server").length
    const newLines = () => outageLines(server, "The mail server").slice(linesBefore)
    const [before, attemptsBefore] = [await scrape(server.url), attemptLines().length]
    await begin()
    const begun = performance.now()
    const emails = await registerAll()
    const registrationMillis = performance.now() - begun
    try {
      if (isOutage) await expect.poll(() => newLines().length, { timeout: limitMillis }).toBe(1)
      if (isPostponed) {
        await expect.poll(() => attemptLines().length, { timeout: limitMillis }).toBeGreaterThan(attemptsBefore)
        expect(arrived(emails)).toEqual([])
        expect((await scrape(server.url)).sum("taskwright_outbox_waiting")).toBe(emailsPerFault)
      }
    } finally {
      await end()
    }

    await expect.poll(() => arrived(emails).length, { timeout: limitMillis }).toBeGreaterThanOrEqual(emailsPerFault)
    const metrics = () => scrape(server.url)
    await expect.poll(async () => (await metrics()).sum("taskwright_outbox_waiting"), { timeout: limitMillis }).toBe(0)
    expect(arrived(emails).toSorted()).toEqual(emails.toSorted())
    expect(newLines()).toEqual(isOutage ? oneOutage : [])
    const after = await metrics()
    expect(postponed(after) - postponed(before) > 0).toBe(isPostponed)
    const sent = after.sum("taskwright_outbox_sent_total") - before.sum("taskwright_outbox_sent_total")
    expect([sent, after.sum("taskwright_outbox_dead_total")]).toEqual([emailsPerFault, 0])
    console.log(
      `mail server ${name}: ${emailsPerFault} registrations in ${Math.round(registrationMillis)} ms, each email once, ${
        postponed(after) - postponed(before)
      } attempts postponed`,
    )
  }

  it("sends each email while the mail server is well", () =>
    suffer(
      "well",
      async () => undefined,
      async () => undefined,
      { isOutage: false, isPostponed: false },
    ))

  it("sends each email once after the mail server refused connections", () =>
    suffer(
      "refusing connections",
      () => run(proxy.cut),
      () => run(proxy.open),
      { isOutage: true, isPostponed: true },
    ))

  it("sends each email once after the mail server was silent", () =>
    suffer(
      "silent",
      () => run(proxy.silence),
      () => run(proxy.open),
      { isOutage: true, isPostponed: true },
    ))

  it("sends each email once after the mail server refused them for now", () =>
    suffer(
      "refusing emails (451)",
      async () => {
        behaviour.status = 451
      },
      async () => {
        behaviour.status = undefined
      },
      { isOutage: false, isPostponed: true },
    ))

  it("sends each email once through a slow mail server", () =>
    suffer(
      "slow",
      async () => {
        behaviour.thinkingMillis = 4_000
      },
      async () => undefined,
      { isOutage: false, isPostponed: false },
    ))
})
