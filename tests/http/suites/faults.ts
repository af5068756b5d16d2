/** Tests the service with failing ports, unavailable dependencies, disconnecting clients and a shutdown. */
import { Deferred, Effect, Layer, Logger } from "effect"
import { afterEach, describe, expect, it } from "vitest"
import { Readiness } from "../../../adapters/http/server/settings/Readiness.ts"
import type { SentEmails } from "../../../adapters/memory/MemoryEmailSender.ts"
import { Unavailable } from "../../../application/shared/Unavailable.ts"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import { type Answer, type Service, startService } from "../../support/http.ts"
import { fields, keysOf, type Problem, type Registration } from "../Answers.ts"
import { expectSound, newEmail, type SuitePorts } from "../Client.ts"
import { exchange, request } from "../RawSocket.ts"

interface Line {
  readonly level: string
  readonly message: string | ReadonlyArray<string>
  readonly cause?: string
  readonly annotations: Readonly<Record<string, unknown>>
}

/** Replaces the list of tasks by the given effect. */
const withList = (ports: SuitePorts, list: Effect.Effect<never>): SuitePorts =>
  Layer.effect(
    TaskRepository,
    Effect.map(TaskRepository, (tasks) => ({ ...tasks, list: () => list })),
  ).pipe(Layer.provideMerge(ports))

const withReadiness = (
  ports: SuitePorts,
  isThere: { readonly database?: boolean; readonly redis?: boolean; readonly mail?: boolean },
): SuitePorts =>
  Layer.merge(
    ports,
    Layer.succeed(Readiness, {
      database: Effect.succeed(isThere.database !== false),
      redis: isThere.redis === undefined ? null : Effect.succeed(isThere.redis),
      mail: Effect.succeed(isThere.mail !== false),
    }),
  )

export const suite = (name: string, ports: SuitePorts) =>
  describe(`faults on ${name}`, () => {
    let service: Service<SentEmails>
    let lines: Array<Line> = []
    let token: string
    const start = async (broken: SuitePorts) => {
      lines = []
      const keep = Logger.map(Logger.formatJson, (line) => {
        lines.push(JSON.parse(line) as Line)
      })
      service = await startService<SentEmails>(broken, {}, [keep])
      const body = { email: newEmail(), password: "Correct Horse 1", full_name: "Ada" }
      token = (await service.ask<Registration>("POST", "/api/v1/auth/register", { body })).body.access_token
    }
    afterEach(() => service.stop())

    const list = async (): Promise<Answer<Problem>> => {
      const answer = await service.ask<Problem>("GET", "/api/v1/tasks", {
        token,
        headers: { "x-request-id": "the-one" },
      })
      expectSound("GET", "/api/v1/tasks", answer)
      return answer
    }
    const linesOf = (requestId: string) => lines.filter(({ annotations }) => annotations["request_id"] === requestId)

    it("a defect is a 500 without details, and one line of the log with all details", async () => {
      await start(withList(ports, Effect.die(new Error("the disk is on fire"))))
      const { body, status, text } = await list()
      expect([status, body.code]).toEqual([500, "internal_error"])
      expect(keysOf(body)).toEqual(fields.problem)
      expect(text).not.toMatch(/disk|fire|Error:|\.ts/)
      const [line, ...more] = linesOf("the-one")
      expect(more).toEqual([])
      expect(line?.level).toBe("ERROR")
      expect(line?.annotations).toMatchObject({ method: "GET", route: "GET /api/v1/tasks", status: 500 })
      expect(JSON.stringify(line)).toContain("the disk is on fire")
      // The next request succeeds.
      expect((await service.ask("GET", "/api/v1/users/me", { token })).status).toBe(200)
    })

    it("an exception that is thrown, or a value that is no error, is a 500 too", async () => {
      for (const defect of [Effect.sync(() => JSON.parse("{") as never), Effect.die("a text"), Effect.die(undefined)]) {
        await start(withList(ports, defect))
        expect((await list()).body.code).toBe("internal_error")
        expect(linesOf("the-one").map(({ level }) => level)).toEqual(["ERROR"])
        await service.stop()
      }
      await start(ports)
    })

    it("an unavailable dependency is a 503 with Retry-After", async () => {
      const cause = new Error("connect ECONNREFUSED 10.0.0.1:5432")
      await start(
        withList(ports, Effect.die(new Unavailable({ dependency: "the database", retryAfterMillis: 7_000, cause }))),
      )
      const { body, headers, status, text } = await list()
      expect([status, body.code, headers.get("retry-after")]).toEqual([503, "unavailable", "7"])
      expect(keysOf(body)).toEqual(fields.problem)
      expect(text).not.toMatch(/ECONNREFUSED|10\.0\.0\.1|database/)
      const [line, ...more] = linesOf("the-one")
      expect([more, line?.level]).toEqual([[], "WARN"])
      expect(JSON.stringify(line)).toContain("the database")
    })

    it("a service without its database is alive, but not ready", async () => {
      await start(withReadiness(ports, { database: false }))
      const ready = await service.ask("GET", "/health/ready")
      const checks = { database: "failed", redis: "not_configured", mail: "ok" }
      expect([ready.status, ready.body]).toEqual([503, { status: "unavailable", checks }])
      expect(ready.headers.get("retry-after")).toBe("1")
      expect((await service.ask("GET", "/health")).status).toBe(200)
    })

    it.each([
      [{ mail: false }, { redis: "not_configured", mail: "degraded" }],
      [{ redis: true }, { redis: "ok", mail: "ok" }],
      [{ redis: false }, { redis: "degraded", mail: "ok" }],
    ] as const)("a service with %o is ready, if not at its best", async (found, others) => {
      await start(withReadiness(ports, found))
      const ready = await service.ask("GET", "/health/ready")
      expect([ready.status, ready.body]).toEqual([200, { status: "ok", checks: { database: "ok", ...others } }])
    })

    it("a client that disconnects before the response is not logged as a failure", async () => {
      const begun = Deferred.makeUnsafe<void>()
      await start(withList(ports, Effect.andThen(Deferred.succeed(begun, undefined), Effect.never)))
      const controller = new AbortController()
      const asked = fetch(`${service.url}/api/v1/tasks`, {
        headers: { authorization: `Bearer ${token}`, "x-request-id": "the-one" },
        signal: controller.signal,
      })
      await Effect.runPromise(Deferred.await(begun))
      controller.abort()
      await expect(asked).rejects.toThrow()
      await expect
        .poll(() => linesOf("the-one").map(({ annotations, level }) => [level, annotations["status"]]))
        .toEqual([["INFO", 499]])
    })

    it("a shutdown completes a request in flight, and closes its connection", async () => {
      const begun = Deferred.makeUnsafe<void>()
      const mayEnd = Deferred.makeUnsafe<void>()
      const slow = Effect.andThen(
        Deferred.succeed(begun, undefined),
        Effect.andThen(
          Deferred.await(mayEnd),
          Effect.die(new Unavailable({ dependency: "time", retryAfterMillis: 1_000 })),
        ),
      )
      await start(withList(ports, slow))
      const { url } = service
      const get = request("GET /api/v1/tasks", [`Authorization: Bearer ${token}`]).replace("Connection: close\r\n", "")
      const answers = exchange(url, get)
      await Effect.runPromise(Deferred.await(begun))
      const stopped = service.stop()
      await expect
        .poll(() =>
          fetch(`${url}/health`).then(
            () => "served",
            () => "refused",
          ),
        )
        .toBe("refused")
      await Effect.runPromise(Deferred.succeed(mayEnd, undefined))
      const [answer] = await answers
      expect([answer?.status, answer?.headers["connection"]]).toEqual([503, "close"])
      await stopped
    })
  })
