/** Tests `/metrics`, its access, the limit of requests in flight, and the dashboard and alerts that use the names. */
import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { connect } from "node:net"
import { Effect, Layer, Redacted } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { Readiness } from "../../adapters/http/server/settings/Readiness.ts"
import * as MemoryEmailSender from "../../adapters/memory/MemoryEmailSender.ts"
import * as MemorySharedState from "../../adapters/memory/state/MemorySharedState.ts"
import { makeRedisHealth } from "../../adapters/redis/connection/RedisHealth.ts"
import * as MeasuredPorts from "../../adapters/telemetry/MeasuredPorts.ts"
import * as ProcessMetrics from "../../adapters/telemetry/ProcessMetrics.ts"
import { runEmailRequests } from "../../application/mail/HandleEmailRequests.ts"
import { Outbox } from "../../application/outbox/Outbox.ts"
import type { Ports } from "../../application/Ports.ts"
import { now } from "../../application/shared/Now.ts"
import { memory } from "../../bootstrap/memory.ts"
import { plusMillis } from "../../domain/shared/Timestamp.ts"
import { cheapCrypto } from "../support/cheapCrypto.ts"
import { keepUser, newTaskId } from "../support/entities.ts"
import { type Service, startService } from "../support/http.ts"
import { describeOnPostgres, freshRepositories } from "../support/postgres.ts"

const read = (name: string): string =>
  readFileSync(new URL(`../../deploy/observability/${name}`, import.meta.url), "utf8")

const operations = readFileSync(new URL("../../docs/operations.md", import.meta.url), "utf8")

const measured = Layer.mergeAll(MeasuredPorts.layer, ProcessMetrics.layer("1.2.3"))

/** Returns the value of the series with exactly these labels; 0 if there is none. */
const seriesValue = (text: string, series: string): number => {
  const line = text.split("\n").find((each) => each.startsWith(`${series} `))
  return Number(line?.slice(series.length) ?? 0)
}

const scrapeOf = async (service: Service): Promise<string> => {
  const { status, text } = await service.ask("GET", "/metrics")
  expect(status).toBe(200)
  return text
}

const postgres = runEmailRequests.pipe(
  Layer.provideMerge(Layer.mergeAll(MemorySharedState.layer, MemoryEmailSender.layer)),
  Layer.provideMerge(Layer.merge(freshRepositories(), cheapCrypto)),
  Layer.merge(Layer.succeed(Readiness, { database: Effect.succeed(true), redis: null, mail: Effect.succeed(true) })),
)

const suite = (ports: Layer.Layer<Ports | Readiness, unknown>, isDatabase: boolean): void => {
  let service: Service
  beforeAll(async () => {
    service = await startService(measured.pipe(Layer.provideMerge(ports)), {
      addressLimit: { limit: 6, windowMillis: 60_000 },
      trustedProxies: 1,
    })
  })
  afterAll(() => service.stop())

  it("count requests by template, method and status, and what the service refused", async () => {
    const before = await scrapeOf(service)
    await service.ask("GET", "/api/v1/tasks/0193a5b0-7c1e-7b43-9d55-3c8a4f0e6a11")
    await service.ask("GET", "/no/such/path")
    await service.ask("PROPFIND", "/no/such/path")
    const body = { email: "ada@example.com", password: "a wrong passphrase" }
    for (let attempt = 0; attempt < 7; attempt++) await service.ask("POST", "/api/v1/auth/login", { body })
    const after = await scrapeOf(service)
    const added = (series: string) => seriesValue(after, series) - seriesValue(before, series)
    const total = "taskwright_http_requests_total"
    expect(added(`${total}{method="GET",route="/api/v1/tasks/:task_id",status="401"}`)).toBe(1)
    expect(added(`${total}{method="GET",route="(none)",status="404"}`)).toBe(1)
    expect(added(`${total}{method="other",route="(none)",status="404"}`)).toBe(1)
    expect(added('taskwright_http_request_duration_seconds_count{method="GET",route="(none)",status="404"}')).toBe(1)
    expect(added("taskwright_login_failures_total")).toBe(5)
    expect(added('taskwright_rate_limit_rejections_total{limit="ip"}')).toBe(2)
    expect(seriesValue(after, "taskwright_http_requests_in_flight")).toBe(1)
    expect(seriesValue(after, "taskwright_outbox_readable")).toBe(1)
    const statement = 'taskwright_database_statement_duration_seconds_count{statement="accounts.select_by_email"}'
    expect(added(statement)).toBe(isDatabase ? 5 : 0)
    expect(seriesValue(after, "process_resident_memory_bytes")).toBeGreaterThan(10_000_000)
    expect(after).not.toContain("ada@example.com")
  })

  it("give the age of the oldest waiting email", async () => {
    const run = <A>(effect: Effect.Effect<A, unknown, Ports>): Promise<A> =>
      Effect.runPromise(Effect.provide(effect, service.context))
    const series = "taskwright_outbox_oldest_waiting_age_seconds"
    expect(seriesValue(await scrapeOf(service), series)).toBe(0)
    await run(
      Effect.gen(function* () {
        const createdAt = plusMillis(yield* now, -3_600_000)
        yield* (yield* Outbox).add({ id: newTaskId(), userId: yield* keepUser, kind: "VerifyEmail", createdAt })
      }),
    )
    expect(seriesValue(await scrapeOf(service), series)).toBeGreaterThanOrEqual(3600)
    await run(
      Effect.gen(function* () {
        const outbox = yield* Outbox
        const at = yield* now
        for (const email of yield* outbox.claim({ at, until: at, limit: 10 })) yield* outbox.markSent(email, at)
      }),
    )
    expect(seriesValue(await scrapeOf(service), series)).toBe(0)
  })

  it("have every name of the dashboard, of the alerts and of the guide for operators", async () => {
    await Effect.runPromise(
      Effect.map(makeRedisHealth("a test"), (health) => {
        health.recordFailure("a test")
        health.recordSuccess()
      }),
    )
    const names = new Set((await scrapeOf(service)).match(/^[a-z_0-9]+/gm))
    const texts = `${read("dashboard.json")}${read("alerts.yml")}${operations}`
    const used = texts.match(/\b(?:taskwright|nodejs|process)_[a-z_0-9]+\b(?!\*)/g) ?? []
    expect(used.length).toBeGreaterThan(20)
    // Without a database or a collector of traces, their metrics are missing. `e2e/workers.test.ts` has those of workers.
    const isExpected = (name: string): boolean =>
      !/^taskwright_(?:trace_|workers?(?:_|$))/.test(name) && (isDatabase || !name.startsWith("taskwright_database_"))
    const isThere = (name: string): boolean => names.has(name) || names.has(`${name}_count`)
    expect([...new Set(used)].filter((name) => isExpected(name) && !isThere(name))).toStrictEqual([])
  })

  it("count responses that are repeated for an idempotency key", async () => {
    const email = `${newTaskId()}@example.com`
    const forwarded = { "x-forwarded-for": "192.0.2.1" }
    const account = { email, password: "Correct Horse 1", full_name: "Ada Lovelace" }
    const { body } = await service.ask<{ readonly access_token: string }>("POST", "/api/v1/auth/register", {
      body: account,
      headers: forwarded,
    })
    const before = await scrapeOf(service)
    const request = { token: body.access_token, body: { title: "Buy milk" }, headers: { "idempotency-key": "one" } }
    for (let time = 0; time < 3; time++) await service.ask("POST", "/api/v1/tasks", request)
    const series = "taskwright_http_replayed_responses_total"
    expect(seriesValue(await scrapeOf(service), series) - seriesValue(before, series)).toBe(2)
  })
}

describe("metrics on memory", () => suite(memory, false))
describeOnPostgres("metrics on PostgreSQL", () => suite(postgres, true))

describe("access to metrics", () => {
  it("takes the token in constant time if there is one, and is not limited", async () => {
    const service = await startService(memory, {
      metricsToken: Redacted.make("scrape-scrape-scrape"),
      addressLimit: { limit: 1, windowMillis: 60_000 },
    })
    const missing = await service.ask("GET", "/metrics")
    expect(missing.status).toBe(401)
    expect(missing.body).toMatchObject({ code: "unauthorized" })
    expect(missing.headers.get("www-authenticate")).toBe("Bearer")
    const wrong = await service.ask("GET", "/metrics", { token: "scrape-scrape-scrapf" })
    expect(wrong.headers.get("www-authenticate")).toBe('Bearer error="invalid_token"')
    const headers = { "x-forwarded-for": "203.0.113.1" }
    for (let asked = 0; asked < 3; asked++) {
      const found = await service.ask("GET", "/metrics", { token: "scrape-scrape-scrape", headers })
      expect(found.status).toBe(200)
      expect(found.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8")
    }
    await service.stop()
  })

  it("is for clients of this machine without a token, and for no client behind a proxy", async () => {
    const direct = await startService(memory)
    expect((await direct.ask("GET", "/metrics")).status).toBe(200)
    for (const headers of [{ "x-forwarded-for": "127.0.0.1" }, { forwarded: "for=127.0.0.1" }]) {
      const refused = await direct.ask("GET", "/metrics", { headers })
      expect(refused.status).toBe(404)
      expect(refused.body).toMatchObject({ code: "not_found" })
    }
    await direct.stop()
    const proxied = await startService(memory, { trustedProxies: 1 })
    const statusFor = async (address: string) =>
      (await proxied.ask("GET", "/metrics", { headers: { "x-forwarded-for": address } })).status
    expect(await statusFor("203.0.113.1")).toBe(404)
    expect(await statusFor("127.0.0.1")).toBe(200)
    await proxied.stop()
  })
})

describe("the limit of requests in flight", () => {
  it("refuses more at once, but not health and metrics", async () => {
    const service = await startService(memory, { maxInFlight: 1 })
    const before = await scrapeOf(service)
    const { hostname, port } = new URL(service.url)
    const slow = connect(Number(port), hostname)
    slow.write(
      `POST /api/v1/auth/login HTTP/1.1\r\nHost: ${hostname}\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n{`,
    )
    await expect.poll(async () => seriesValue(await scrapeOf(service), "taskwright_http_requests_in_flight")).toBe(2)
    const refused = await service.ask("POST", "/api/v1/auth/login", { raw: "not JSON", token: "none" })
    expect(refused.status).toBe(503)
    expect(refused.body).toMatchObject({ code: "unavailable" })
    expect(refused.headers.get("retry-after")).toBe("1")
    expect((await service.ask("GET", "/health")).status).toBe(200)
    expect((await service.ask("GET", "/health/ready")).status).toBe(200)
    const series = "taskwright_http_overload_rejections_total"
    expect(seriesValue(await scrapeOf(service), series) - seriesValue(before, series)).toBe(1)
    slow.destroy()
    await expect.poll(async () => (await service.ask("GET", "/api/v1/tasks")).status).toBe(401)
    await service.stop()
  })
})

describe("the guide for operators", () => {
  it("names every alert, and no other", () => {
    const named = new Set([...operations.matchAll(/`(Taskwright\w+)`/g)].map(([, name]) => name))
    const alerts = [...read("alerts.yml").matchAll(/alert: (\w+)/g)].map(([, name]) => name)
    expect([...named].toSorted()).toStrictEqual(alerts.toSorted())
  })
})

const hasPromtool = spawnSync("promtool", ["--version"]).status === 0

describe.runIf(hasPromtool)("promtool", () => {
  it("accepts the alert rules and the metrics", async () => {
    const file = new URL("../../deploy/observability/alerts.yml", import.meta.url).pathname
    const rules = spawnSync("promtool", ["check", "rules", file], { encoding: "utf8" })
    expect(rules.status, `${rules.stdout}${rules.stderr}`).toBe(0)
    const service = await startService(measured.pipe(Layer.provideMerge(memory)))
    const metrics = spawnSync("promtool", ["check", "metrics"], { input: await scrapeOf(service), encoding: "utf8" })
    expect(metrics.status, `${metrics.stdout}${metrics.stderr}`).toBe(0)
    await service.stop()
  })
})
