/** Runs `taskwright doctor` on real servers, sound ones and faulty ones. */
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { createServer, type Server } from "node:http"
import { type AddressInfo, createServer as createListener } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, Exit, Redacted, Scope } from "effect"
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest"
import type { Finding } from "../../adapters/diagnosis/Finding.ts"
import { run } from "../support/commandLine.ts"
import { tell } from "../support/PostgresServer.ts"
import { describeOnPostgres, emptyDatabase } from "../support/postgres.ts"
import { describeWithRedisServer, type RedisServer, startRedisServer } from "../support/RedisServer.ts"
import { makeSelfSignedCertificate } from "../support/selfSignedCertificate.ts"
import { type RunningSmtpServer, startSmtpServer } from "../support/smtpServer.ts"

const login = { user: "ada", password: "Correct-Horse-1" }
let scope: Scope.Closeable
let home: string
let healthy: Server
let publicUrl: string

const inScope = <A, E>(effect: Effect.Effect<A, E, Scope.Scope>): Promise<A> =>
  Effect.runPromise(Scope.provide(scope)(effect))

beforeAll(async () => {
  healthy = createServer((_, response) => response.end('{"status":"ok","uptime":1,"version":"1.2.3"}'))
  await new Promise<void>((resolve) => healthy.listen(0, "127.0.0.1", resolve))
  publicUrl = `http://127.0.0.1:${(healthy.address() as AddressInfo).port}`
})
afterAll(() => void healthy.close())
beforeEach(() => {
  scope = Scope.makeUnsafe()
  home = mkdtempSync(join(tmpdir(), "taskwright-doctor-"))
})
afterEach(async () => {
  await Effect.runPromise(Scope.close(scope, Exit.void))
  rmSync(home, { recursive: true, force: true })
})

const diagnose = async (settings: Record<string, string>) => {
  const environment = { HOME: home, DATA_DIR: join(home, "data"), PUBLIC_URL: publicUrl, ...settings }
  const { code, errors, output } = await run(["doctor", "--json"], environment)
  const { checks } = JSON.parse(output) as { readonly checks: ReadonlyArray<Finding> }
  const of = (check: string) => checks.find((finding) => finding.check === check)
  return { code, errors, of, statuses: Object.fromEntries(checks.map(({ check, status }) => [check, status])) }
}

const port = (): Promise<number> =>
  new Promise((resolve) => {
    const listener = createListener().listen(0, "127.0.0.1", () => {
      const { port: free } = listener.address() as AddressInfo
      listener.close(() => resolve(free))
    })
  })

it("finds no fault in a set-up without any setting, and writes nothing", async () => {
  const { code, output } = await run(["doctor"], { HOME: home, DATA_DIR: join(home, "data"), PUBLIC_URL: publicUrl })
  const line = (check: string, message: string) => `ok       ${check.padEnd("signing key".length)}  ${message}`
  expect(output.trimEnd().split("\n")).toEqual([
    line("database", "embedded; the start creates it"),
    line("Redis", "not set: each process limits by itself"),
    line("mail", "not set: emails are written to files"),
    line("DATA_DIR", `${home}/data does not exist yet; the start creates it`),
    line("signing key", `${home}/data/jwt-private-key.pem does not exist yet; the start creates it`),
    line("PUBLIC_URL", `${publicUrl} serves Taskwright 1.2.3`),
  ])
  expect(code).toBe(0)
  expect(existsSync(join(home, "data"))).toBe(false)
  expect(readdirSync(home)).toEqual([])
})

it("names files that other users can read, and a server that is another program", async () => {
  const data = join(home, "data")
  const secret = join(home, "url")
  writeFileSync(secret, "redis://127.0.0.1:1\n")
  chmodSync(secret, 0o604)
  chmodSync(home, 0o755)
  const other = createServer((_, response) => response.end("hello"))
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve))
  try {
    const { code, errors, of } = await diagnose({
      ...{ DATA_DIR: home, REDIS_URL_FILE: secret },
      PUBLIC_URL: `http://127.0.0.1:${(other.address() as AddressInfo).port}`,
    })
    expect(code).toBe(1)
    expect(errors).toContain("checks failed")
    expect(of("DATA_DIR")?.message).toBe(`${home} has the mode 0755: every user has access. Run: chmod o-rwx ${home}`)
    expect(of("REDIS_URL_FILE")).toMatchObject({ status: "failed", message: expect.stringContaining("0604") })
    expect(of("Redis")).toMatchObject({ status: "failed", message: expect.stringContaining("ECONNREFUSED") })
    expect(of("PUBLIC_URL")).toMatchObject({ status: "failed", message: expect.stringContaining("no Taskwright") })
    expect(existsSync(data)).toBe(false)
  } finally {
    other.close()
  }
})

it("warns if PUBLIC_URL leads nowhere, and fails for a database that is down", async () => {
  const { code, of } = await diagnose({
    PUBLIC_URL: `http://127.0.0.1:${await port()}`,
    DATABASE_URL: `postgres://127.0.0.1:${await port()}/tasks`,
  })
  expect(code).toBe(1)
  expect(of("PUBLIC_URL")?.status).toBe("warning")
  expect(of("database")).toMatchObject({ status: "failed", message: expect.stringContaining("DATABASE_URL") })
})

it("bounds the wait for servers that never respond", async () => {
  const silent = createListener(() => {})
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve))
  const address = `127.0.0.1:${(silent.address() as AddressInfo).port}`
  const urls = {
    DATABASE_URL: `postgres://${address}/x`,
    REDIS_URL: `redis://${address}`,
    SMTP_URL: `smtp://${address}`,
  }
  const beganAt = performance.now()
  const { code, statuses } = await diagnose({ ...urls, PUBLIC_URL: `http://${address}` })
  expect(performance.now() - beganAt).toBeLessThan(20_000)
  expect(code).toBe(1)
  expect(statuses).toMatchObject({ database: "failed", Redis: "failed", mail: "failed", PUBLIC_URL: "failed" })
  silent.close()
})

it("logs in to the mail server, and sends no email", async () => {
  const certificate = makeSelfSignedCertificate([Uint8Array.of(127, 0, 0, 1)])
  const server: RunningSmtpServer = await inScope(startSmtpServer({ certificate, login, isPlain: true }))
  const url = (password: string) => `smtp://${login.user}:${password}@127.0.0.1:${server.port}`
  const right = await diagnose({ SMTP_URL: url(login.password) })
  expect(right.of("mail")).toMatchObject({ status: "ok", message: expect.stringContaining("accepts the login") })
  expect(right.code).toBe(0)
  const wrong = await diagnose({ SMTP_URL: url("wrong") })
  expect(wrong.of("mail")).toMatchObject({ status: "failed", message: expect.stringContaining("535") })
  expect(JSON.stringify(wrong)).not.toContain("wrong@")
  const encrypted: RunningSmtpServer = await inScope(startSmtpServer({ certificate, isImplicitTls: true }))
  const untrusted = await diagnose({ SMTP_URL: `smtps://127.0.0.1:${encrypted.port}` })
  expect(untrusted.of("mail")).toMatchObject({ status: "failed", message: expect.stringContaining("CERT") })
  expect(server.received).toHaveLength(0)
})

describeOnPostgres("on a PostgreSQL server", () => {
  it("reports version, encoding, schema and clock, and applies no migration", async () => {
    const url = Redacted.value(await inScope(emptyDatabase()))
    const before = await diagnose({ DATABASE_URL: url })
    expect(before.statuses).toMatchObject({
      ...{ database: "ok", "database encoding": "ok", "database clock": "ok" },
      ...{ "database TLS": "ok", schema: "warning" },
    })
    expect(before.of("schema")?.message).toMatch(/^pending migrations: 0001_create_schema, .* Run: taskwright migrate/)
    expect(before.code).toBe(0)
    await run(["migrate"], { HOME: home, DATABASE_URL: url })
    expect((await diagnose({ DATABASE_URL: url })).of("schema")?.status).toBe("ok")
    await Effect.runPromise(tell(url, "INSERT INTO taskwright_migrations (migration_id, name) VALUES (9999, 'later')"))
    const later = await diagnose({ DATABASE_URL: url })
    expect(later.of("schema")).toMatchObject({ status: "failed", message: expect.stringContaining("9999_later") })
    expect(later.code).toBe(1)
  })

  it("fails for an encoding that cannot store every text", async () => {
    const latin = await inScope(emptyDatabase("ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"))
    const { of } = await diagnose({ DATABASE_URL: Redacted.value(latin) })
    expect(of("database encoding")).toMatchObject({ status: "failed", message: expect.stringContaining("LATIN1") })
  })
})

describeWithRedisServer("on a Redis server", () => {
  it("warns of a policy that can drop a lockout", async () => {
    const server: RedisServer = await inScope(startRedisServer())
    const sound = await diagnose({ REDIS_URL: server.url })
    expect(sound.statuses).toMatchObject({ Redis: "ok", "Redis policy": "ok", "Redis clock": "ok" })
    await Effect.runPromise(server.tell("CONFIG", "SET", "maxmemory-policy", "allkeys-lru"))
    const evicting = await diagnose({ REDIS_URL: server.url })
    expect(evicting.of("Redis policy")).toMatchObject({
      status: "warning",
      message: expect.stringContaining("allkeys"),
    })
    expect(evicting.code).toBe(0)
  })
})
