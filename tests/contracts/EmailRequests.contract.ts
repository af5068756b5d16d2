/** The contract suite of the `EmailRequests` port, which every adapter of it runs. */
import { expect, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber, type Layer, Option } from "effect"
import { type EmailRequest, EmailRequests, type RequestableKind } from "../../application/outbox/EmailRequests.ts"
import { UnitOfWork } from "../../application/shared/UnitOfWork.ts"
import { newEmail, newTaskId } from "../support/entities.ts"
import { timesAtOnce } from "../support/interleaving.ts"

const makeRequest = (kind: RequestableKind = "ResetPassword"): EmailRequest => ({
  id: newTaskId(),
  email: newEmail(),
  kind,
})

/** Registers the tests of every promise that an `EmailRequests` makes. */
export const suite = (name: string, repositories: Layer.Layer<EmailRequests | UnitOfWork, unknown>) =>
  layer(repositories, { excludeTestServices: true })(`EmailRequests: ${name}`, (it) => {
    const keep = Effect.fnUntraced(function* (...requests: ReadonlyArray<EmailRequest>) {
      const { add } = yield* EmailRequests
      for (const request of requests) yield* add(request)
    })
    const take = (afterId: string | null = null) =>
      Effect.gen(function* () {
        const requests = yield* EmailRequests
        const { atomically } = yield* UnitOfWork
        return Option.getOrNull(yield* atomically(requests.take(afterId)))
      })

    it.effect("takes each request once, in the order of ids, with every field", () =>
      Effect.gen(function* () {
        const [first, second] = [makeRequest("VerifyEmail"), makeRequest()]
        yield* keep(second, first)
        expect([yield* take(), yield* take(), yield* take()]).toStrictEqual([first, second, null])
      }),
    )

    it.effect("takes the first request after an id", () =>
      Effect.gen(function* () {
        const [first, second] = [makeRequest(), makeRequest()]
        yield* keep(first, second)
        expect(yield* take(first.id)).toStrictEqual(second)
        expect(yield* take(first.id)).toBeNull()
        expect(yield* take()).toStrictEqual(first)
      }),
    )

    it.effect("stores any number of requests for one address", () =>
      Effect.gen(function* () {
        const request = makeRequest()
        yield* keep(request)
        yield* keep({ ...request, id: newTaskId() })
        expect((yield* take())?.email).toBe(request.email)
        expect((yield* take())?.email).toBe(request.email)
      }),
    )

    it.effect("takes a request again if the unit of work that took it fails", () =>
      Effect.gen(function* () {
        const requests = yield* EmailRequests
        const { atomically } = yield* UnitOfWork
        const request = makeRequest()
        yield* keep(request)
        yield* Effect.flip(atomically(Effect.andThen(requests.take(null), Effect.fail("refused"))))
        expect(yield* take()).toStrictEqual(request)
      }),
    )

    it.effect("takes each of 20 requests in exactly one of 40 concurrent calls", () =>
      Effect.gen(function* () {
        const all = Array.from({ length: 20 }, () => makeRequest())
        yield* keep(...all)
        const taken = yield* timesAtOnce(40, take())
        const rest = []
        for (let next = yield* take(); next !== null; next = yield* take()) rest.push(next)
        const ids = [...taken, ...rest].flatMap((request) => request?.id ?? [])
        expect(ids.toSorted()).toStrictEqual(all.map(({ id }) => id).toSorted())
      }),
    )
  })

/** Registers the tests for a store with units of work that run concurrently. */
export const concurrentSuite = (name: string, repositories: Layer.Layer<EmailRequests | UnitOfWork, unknown>) =>
  layer(repositories, { excludeTestServices: true })(`EmailRequests under load: ${name}`, (it) => {
    it.effect("adds and takes requests without waiting for a unit of work that handles the same address", () =>
      Effect.gen(function* () {
        const requests = yield* EmailRequests
        const { atomically } = yield* UnitOfWork
        const held = makeRequest()
        yield* requests.add(held)
        const [isHeld, isOver] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
        const unit = yield* Effect.forkChild(
          atomically(
            Effect.gen(function* () {
              yield* requests.take(null)
              yield* Deferred.succeed(isHeld, undefined)
              yield* Deferred.await(isOver)
            }),
          ),
        )
        yield* Deferred.await(isHeld)
        const other = { ...makeRequest(), email: held.email }
        yield* requests.add(other)
        expect(yield* atomically(requests.take(null))).toStrictEqual(Option.some(other))
        yield* Deferred.succeed(isOver, undefined)
        yield* Fiber.join(unit)
      }),
    )
  })
