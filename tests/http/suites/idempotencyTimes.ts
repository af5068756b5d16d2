/** Tests idempotency keys while time passes: slow requests, rules about the time, and the end of the retention. */
import { Clock, Deferred, Duration, Effect, Layer } from "effect"
import { afterEach, describe, expect, it } from "vitest"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import { skewedClock } from "../../support/clockSkew.ts"
import type { Problem, TaskPage, TaskResponse } from "../Answers.ts"
import { type Client, register, type SuitePorts, startClient, type User } from "../Client.ts"

const isPatience = Duration.between({ minimum: Duration.millis(1_500), maximum: Duration.millis(2_000) })

const minute = 60_000
const day = 24 * 60 * minute

export const suite = (name: string, ports: SuitePorts) =>
  describe(`idempotency and time on ${name}`, () => {
    let client: Client
    let skewMillis = 0
    afterEach(() => client.stop())

    /**
     * Provides a clock that tests set forward. The two seconds that a request waits for its key end early, and no other
     * timeout does.
     */
    const withClock = (timed: SuitePorts): SuitePorts =>
      Layer.provideMerge(
        timed,
        Layer.effect(
          Clock.Clock,
          Effect.map(Clock.Clock, (clock) => ({
            ...skewedClock(clock, () => skewMillis),
            sleep: (duration: Duration.Duration) => clock.sleep(isPatience(duration) ? Duration.millis(20) : duration),
          })),
        ),
      )
    const start = async (timed: SuitePorts): Promise<User> => {
      skewMillis = 0
      client = await startClient(withClock(timed))
      return await register(client)
    }
    const create = (user: Pick<User, "access_token">, key: string, body: object) =>
      client.ask<TaskResponse & Problem>("POST", "/api/v1/tasks", {
        token: user.access_token,
        body,
        headers: { "idempotency-key": key },
      })
    const logIn = async ({ password, user }: User) =>
      (await client.ask<User>("POST", "/api/v1/auth/login", { body: { email: user.email, password } })).body
    const countTasks = async (user: Pick<User, "access_token">) =>
      (await client.ask<TaskPage>("GET", "/api/v1/tasks", { token: user.access_token })).body.total

    it("a key is as new after 24 hours and a minute, and not before", async () => {
      const ada = await start(ports)
      const first = await create(ada, "daily", { title: "Buy milk" })
      skewMillis = day - minute
      const later = await logIn(ada)
      expect((await create(later, "daily", { title: "Buy milk" })).text).toBe(first.text)
      expect((await create(later, "daily", { title: "Buy oat milk" })).status).toBe(422)
      skewMillis = day + minute
      const fresh = await create(later, "daily", { title: "Buy oat milk" })
      expect([fresh.status, fresh.headers.get("idempotency-replayed")]).toEqual([201, null])
      expect((await create(later, "daily", { title: "Buy oat milk" })).text).toBe(fresh.text)
      expect(await countTasks(later)).toBe(2)
    })

    it("a due date that has passed meanwhile does not refuse the repetition", async () => {
      const ada = await start(ports)
      const due_date = new Date(Date.now() + 10 * minute).toISOString()
      const body = { title: "Buy milk", due_date }
      const first = await create(ada, "due", body)
      skewMillis = 20 * minute
      const again = await create(ada, "due", body)
      expect([again.status, again.text]).toEqual([201, first.text])
      expect((await create(ada, "other", body)).status).toBe(400)
    })

    it("a request is told to come again while the first with its key is at work", async () => {
      const [begun, gate] = [Deferred.makeUnsafe<void>(), Deferred.makeUnsafe<void>()]
      const slow = Layer.effect(
        TaskRepository,
        Effect.map(TaskRepository, (tasks) =>
          TaskRepository.of({
            ...tasks,
            insert: (task) =>
              Deferred.succeed(begun, undefined).pipe(
                Effect.andThen(Deferred.await(gate)),
                Effect.andThen(tasks.insert(task)),
              ),
          }),
        ),
      )
      const ada = await start(Layer.provideMerge(slow, ports))
      const first = create(ada, "slow", { title: "Buy milk" })
      await Effect.runPromise(Deferred.await(begun))
      const impatient = await create(ada, "slow", { title: "Buy milk" })
      expect([impatient.status, impatient.body.code]).toEqual([409, "idempotency_in_progress"])
      expect(impatient.headers.get("retry-after")).toBe("1")
      Deferred.doneUnsafe(gate, Effect.void)
      const { text } = await first
      expect((await create(ada, "slow", { title: "Buy milk" })).text).toBe(text)
      expect(await countTasks(ada)).toBe(1)
    })
  })
