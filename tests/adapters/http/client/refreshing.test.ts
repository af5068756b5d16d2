/** Holds the client to one token refresh for many calls, and to its session. */
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { memoryTokenStore, type TokenStore } from "../../../../adapters/http/client/index.ts"
import type { SentEmails } from "../../../../adapters/memory/MemoryEmailSender.ts"
import { AccessTokens } from "../../../../application/accounts/tokens/AccessTokens.ts"
import { memory } from "../../../../bootstrap/memory.ts"
import { type Service, startService } from "../../../support/http.ts"
import { expectPresent } from "../../../support/narrowing.ts"
import { failureOf, newAccount, watchedClient } from "./WatchedClient.ts"

const { runPromise } = Effect
const refresh = "POST /api/v1/auth/refresh"

describe("a session of the client", () => {
  let service: Service<SentEmails>
  beforeAll(async () => {
    service = await startService<SentEmails>(memory)
  })
  afterAll(() => service.stop())

  /** The access token of the same session, expired in 1970. */
  const expired = (token: string) =>
    runPromise(
      Effect.gen(function* () {
        const { issue, verify } = yield* AccessTokens
        const identity = yield* verify(token)
        return yield* issue(identity).pipe(Effect.provide(TestClock.layer()))
      }).pipe(Effect.provideContext(service.context)),
    )

  /** The access token with another signature: unexpired, but refused. */
  const refused = async (token: string) => `${token.slice(0, token.lastIndexOf("."))}.${"A".repeat(86)}`

  /** A client in the middle of its session, with its access token replaced by another. */
  const clientWith = async (change: (token: string) => Promise<string>) => {
    const store = memoryTokenStore()
    const watched = watchedClient({ url: service.url, tokens: store, maxRetryAfterMillis: 5000 })
    await runPromise(watched.client.auth.register({ payload: newAccount() }))
    const tokens = await runPromise(store.get)
    expectPresent(tokens)
    await runPromise(store.set({ ...tokens, access_token: await change(tokens.access_token) }))
    watched.sent.length = 0
    return { ...watched, store, tokens }
  }

  const refreshesOf = (sent: ReadonlyArray<string>) => sent.filter((request) => request === refresh).length

  it.each([
    { name: "refused", change: refused, requests: 50 + 1 + 50 },
    { name: "over, which it finds out by itself", change: expired, requests: 1 + 1 + 50 },
  ])("is refreshed once for 50 calls at once whose token is $name", async ({ change, requests }) => {
    const { client, sent, store, tokens } = await clientWith(change)
    const calls = Effect.all(
      Array.from({ length: 50 }, (_, index) => client.tasks.createTask({ payload: { title: `Task ${index}` } })),
      { concurrency: "unbounded" },
    )
    const created = await runPromise(calls)
    expect(new Set(created.map(({ task }) => task.title)).size).toBe(50)
    expect(refreshesOf(sent)).toBe(1)
    expect(sent).toHaveLength(requests)
    expect((await runPromise(client.tasks.listTasks())).total).toBe(50)
    expect((await runPromise(store.get))?.refresh_token).not.toBe(tokens.refresh_token)
  })

  it("is not put at risk while the service cannot be reached", async () => {
    const { client, lose, sent, store } = await clientWith(expired)
    lose("GET /health", 4)
    const failures = await Promise.all([failureOf(client.users.getMe()), failureOf(client.users.getMe())])
    expect(failures.map(({ code }) => code)).toEqual(["network_error", "network_error"])
    expect(sent).toEqual(Array.from({ length: 4 }, () => "GET /health"))
    expect(await runPromise(client.users.getMe())).toHaveProperty("user")
    expect(await runPromise(store.get)).not.toBeNull()
  })

  it("is kept where the refresh was not carried out", async () => {
    const strict = await startService<SentEmails>(memory, { addressLimit: { limit: 2, windowMillis: 60_000 } })
    const store = memoryTokenStore()
    const { client, sent } = watchedClient({ url: strict.url, tokens: store, maxRetryAfterMillis: 5000 })
    await runPromise(client.auth.register({ payload: newAccount() }))
    const held = await runPromise(store.get)
    expectPresent(held)
    const spoiled = { ...held, access_token: await refused(held.access_token) }
    await runPromise(store.set(spoiled))
    expect(await failureOf(client.users.getMe())).toMatchObject({ code: "rate_limited", status: 429 })
    expect(refreshesOf(sent)).toBe(1)
    expect(await runPromise(store.get)).toEqual(spoiled)
    await strict.stop()
  })

  it("does not take a clock that is wrong for a token that is over", async () => {
    const watched = watchedClient({ url: service.url })
    const program = Effect.gen(function* () {
      yield* TestClock.setTime(Date.now() + 5 * 3_600_000)
      yield* watched.client.auth.register({ payload: newAccount() })
      yield* watched.client.users.getMe()
    })
    await runPromise(program.pipe(Effect.provide(TestClock.layer())))
    expect(watched.sent).toEqual(["POST /api/v1/auth/register", "GET /api/v1/users/me"])
  })

  it("is refreshed once also for calls whose refusals come one after another", async () => {
    const { client, sent, store } = await clientWith(refused)
    const old = await runPromise(store.get)
    expect(old).not.toBeNull()
    await runPromise(client.users.getMe())
    // As in a call that was sent before the refresh, with an older token than the stored one.
    const held = await runPromise(store.get)
    let isFirst = true
    const late: TokenStore = {
      ...store,
      get: Effect.suspend(() => {
        if (!isFirst) return store.get
        isFirst = false
        return Effect.succeed(old)
      }),
    }
    const second = watchedClient({ url: service.url, tokens: late })
    await runPromise(second.client.users.getMe())
    expect(second.sent).toEqual(["GET /api/v1/users/me", "GET /api/v1/users/me"])
    expect(refreshesOf(sent)).toBe(1)
    expect(await runPromise(store.get)).toEqual(held)
  })

  it("ends when the refresh is refused: every call fails with its 401, and the store is empty", async () => {
    const { client, sent, store } = await clientWith(refused)
    const held = await runPromise(store.get)
    await runPromise(store.set({ access_token: held?.access_token ?? "", refresh_token: "unknown" }))
    const calls = Array.from({ length: 10 }, () => failureOf(client.users.getMe()))
    for (const failure of await Promise.all(calls)) expect(failure).toMatchObject({ code: "unauthorized", status: 401 })
    expect(refreshesOf(sent)).toBe(1)
    expect(await runPromise(store.get)).toBeNull()
  })

  it("never sends a refresh token twice, not even when the answer to the first was lost", async () => {
    const { client, lose, sent, store, tokens } = await clientWith(refused)
    lose(refresh, 1)
    expect(await failureOf(client.users.getMe())).toMatchObject({ code: "network_error" })
    expect(await failureOf(client.users.getMe())).toMatchObject({ code: "unauthorized" })
    expect(refreshesOf(sent)).toBe(1)
    expect(await runPromise(store.get)).toBeNull()
    // A second use of the token would have revoked the session.
    const other = watchedClient({ url: service.url, tokens: memoryTokenStore(tokens) })
    expect(await runPromise(other.client.users.getMe())).toHaveProperty("user")
  })

  it("survives a caller that goes away during the refresh", async () => {
    const { client, delay, sent, store, tokens } = await clientWith(refused)
    delay(refresh, 100)
    const changed = await runPromise(
      Effect.gen(function* () {
        const call = yield* Effect.forkChild(client.users.getMe())
        while (!sent.includes(refresh)) yield* Effect.sleep(1)
        yield* Fiber.interrupt(call)
        return yield* client.users.getMe()
      }),
    )
    expect(changed).toHaveProperty("user")
    expect(refreshesOf(sent)).toBe(1)
    expect((await runPromise(store.get))?.refresh_token).not.toBe(tokens.refresh_token)
  })

  it("is not refreshed for a 401 that is about a password", async () => {
    const { client, sent, store } = await clientWith(refused)
    await runPromise(client.users.getMe())
    const failure = await failureOf(client.users.deleteAccount({ payload: { password: "wrong" } }))
    expect(failure.code).toBe("invalid_credentials")
    expect(refreshesOf(sent)).toBe(1)
    expect(await runPromise(store.get)).not.toBeNull()
  })

  it("is gone from here after logging out, even when the service cannot be told", async () => {
    const { client, lose, store } = await clientWith(refused)
    lose("POST /api/v1/auth/logout", 2)
    expect(await failureOf(client.auth.logOut())).toMatchObject({ code: "network_error" })
    expect(await runPromise(store.get)).toBeNull()
  })

  it("that begins while an older one is refreshed is the one that stays", async () => {
    const { client, delay, sent, store } = await clientWith(refused)
    delay(refresh, 300)
    const account = newAccount()
    await runPromise(
      Effect.gen(function* () {
        const call = yield* Effect.forkChild(client.users.getMe())
        while (!sent.includes(refresh)) yield* Effect.sleep(1)
        yield* client.auth.register({ payload: account })
        yield* Fiber.join(call)
      }),
    )
    expect((await runPromise(client.users.getMe())).user.email).toBe(account.email)
    expect(await runPromise(store.get)).not.toBeNull()
  })
})

it("a service that needs verified addresses is obeyed, and its refusal typed", async () => {
  const service = await startService<SentEmails>(memory, { isVerifiedEmailRequired: true })
  const { client } = watchedClient({ url: service.url })
  await runPromise(client.auth.register({ payload: newAccount() }))
  expect((await failureOf(client.tasks.listTasks())).code).toBe("email_not_verified")
  await service.stop()
})
