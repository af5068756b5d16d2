import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { afterAll, assert, beforeAll, describe, expect, it } from "vitest"
import { memoryTokenStore, type TokenStore } from "../../../../adapters/http/v1/client/index.ts"
import type { SentEmails } from "../../../../adapters/memory/MemoryEmailSender.ts"
import { AccessTokens } from "../../../../application/accounts/AccessTokens.ts"
import { memory } from "../../../../bootstrap/memory.ts"
import { type Service, startService } from "../../../support/http.ts"
import { failureOf, newAccount, watchedClient } from "./WatchedClient.ts"

const { runPromise } = Effect
const refresh = "POST /api/v1/auth/refresh"

describe("a session of the client", () => {
  let service: Service<SentEmails>
  beforeAll(async () => {
    service = await startService<SentEmails>(memory)
  })
  afterAll(() => service.stop())

  /** The same session with an access token that expired in 1970. */
  const expire = async (store: TokenStore) => {
    const held = await runPromise(store.get)
    assert.isNotNull(held)
    const access_token = await runPromise(
      Effect.gen(function* () {
        const { issue, verify } = yield* AccessTokens
        const identity = yield* verify(held.access_token)
        return yield* issue(identity).pipe(Effect.provide(TestClock.layer()))
      }).pipe(Effect.provideContext(service.context)),
    )
    await runPromise(store.set({ ...held, access_token }))
    return held
  }

  /** A client whose access token has expired. */
  const expired = async (store = memoryTokenStore()) => {
    const watched = watchedClient({ url: service.url, tokens: store })
    await runPromise(watched.client.auth.register({ payload: newAccount() }))
    const tokens = await expire(store)
    watched.sent.length = 0
    return { ...watched, store, tokens }
  }

  const refreshesOf = (sent: ReadonlyArray<string>) => sent.filter((request) => request === refresh).length

  it("is refreshed once for 50 calls at once, and each is sent twice at most", async () => {
    const { client, sent, store, tokens } = await expired()
    const calls = Effect.all(
      Array.from({ length: 50 }, (_, index) => client.tasks.createTask({ payload: { title: `Task ${index}` } })),
      { concurrency: "unbounded" },
    )
    const created = await runPromise(calls)
    expect(new Set(created.map(({ task }) => task.title)).size).toBe(50)
    expect(refreshesOf(sent)).toBe(1)
    expect(sent).toHaveLength(101)
    expect((await runPromise(client.tasks.listTasks())).total).toBe(50)
    expect((await runPromise(store.get))?.refresh_token).not.toBe(tokens.refresh_token)
  })

  it("is refreshed once also for calls whose refusals come one after another", async () => {
    const { client, sent, store } = await expired()
    const old = await runPromise(store.get)
    assert.isNotNull(old)
    await runPromise(client.users.getMe())
    // As a call sees it that was sent before the refresh: its token is older than the one that is held.
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
    const { client, sent, store } = await expired()
    const held = await runPromise(store.get)
    await runPromise(store.set({ access_token: held?.access_token ?? "", refresh_token: "unknown" }))
    const calls = Array.from({ length: 10 }, () => failureOf(client.users.getMe()))
    for (const failure of await Promise.all(calls)) expect(failure).toMatchObject({ code: "unauthorized", status: 401 })
    expect(refreshesOf(sent)).toBe(1)
    expect(await runPromise(store.get)).toBeNull()
  })

  it("never sends a refresh token twice, not even when the answer to the first was lost", async () => {
    const { client, lose, sent, store, tokens } = await expired()
    lose(refresh, 1)
    expect(await failureOf(client.users.getMe())).toMatchObject({ code: "unreachable" })
    expect(await failureOf(client.users.getMe())).toMatchObject({ code: "unauthorized" })
    expect(refreshesOf(sent)).toBe(1)
    expect(await runPromise(store.get)).toBeNull()
    // Showing it once more would have ended the session.
    const other = watchedClient({ url: service.url, tokens: memoryTokenStore(tokens) })
    expect(await runPromise(other.client.users.getMe())).toHaveProperty("user")
  })

  it("survives a caller that goes away during the refresh", async () => {
    const { client, sent, store, tokens } = await expired()
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
    const { client, sent, store } = await expired()
    await runPromise(client.users.getMe())
    const failure = await failureOf(client.users.deleteAccount({ payload: { password: "wrong" } }))
    expect(failure.code).toBe("invalid_credentials")
    expect(refreshesOf(sent)).toBe(1)
    expect(await runPromise(store.get)).not.toBeNull()
  })

  it("is gone from here after logging out, even when the service cannot be told", async () => {
    const { client, lose, store } = await expired()
    lose("POST /api/v1/auth/logout", 2)
    expect(await failureOf(client.auth.logOut())).toMatchObject({ code: "unreachable" })
    expect(await runPromise(store.get)).toBeNull()
  })

  it("that begins while an older one is refreshed is the one that stays", async () => {
    const { client, sent, store } = await expired()
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
