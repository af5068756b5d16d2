/** Tests the ends of event streams that need a time or a limit of their own: an expired token, and a slow client. */
import { connect } from "node:net"
import { Effect, Layer } from "effect"
import { afterEach, describe, expect, it } from "vitest"
import * as CryptoSecrets from "../../adapters/crypto/CryptoSecrets.ts"
import * as SigningKeys from "../../adapters/crypto/SigningKeys.ts"
import { Readiness } from "../../adapters/http/server/settings/Readiness.ts"
import * as MemoryEmailSender from "../../adapters/memory/MemoryEmailSender.ts"
import * as MemoryRepositories from "../../adapters/memory/MemoryRepositories.ts"
import * as MemorySharedState from "../../adapters/memory/state/MemorySharedState.ts"
import { ApiTokenRepository } from "../../application/accounts/tokens/ApiTokenRepository.ts"
import { ApiTokenSecrets } from "../../application/accounts/tokens/ApiTokenSecrets.ts"
import { memory } from "../../bootstrap/memory.ts"
import { UserId } from "../../domain/accounts/UserId.ts"
import { fromMillis } from "../../domain/shared/Timestamp.ts"
import { makeApiToken } from "../support/entities.ts"
import { type Client, register, startClient, type User } from "./Client.ts"
import { openEvents } from "./EventReader.ts"

/** The memory adapters with access tokens that live for two seconds. */
const shortLived = Layer.mergeAll(MemoryRepositories.layer, MemorySharedState.layer, MemoryEmailSender.layer).pipe(
  Layer.provideMerge(
    Layer.unwrap(
      Effect.map(SigningKeys.generate, (keys) =>
        CryptoSecrets.layer({
          accessTokens: { keys, issuer: "taskwright", audience: "taskwright", lifetimeMillis: 2_000 },
          passwords: { cost: { memoryKibibytes: 8, passes: 1 } },
        }),
      ),
    ),
  ),
  Layer.merge(Layer.succeed(Readiness, { database: Effect.succeed(true), redis: null, mail: Effect.succeed(true) })),
)

const path = "/api/v1/changes/stream"

describe("an event stream", () => {
  let client: Client
  afterEach(() => client.stop())

  const openFor = (user: User) => openEvents(`${client.url}${path}`, user.access_token)
  const metric = async (series: string) => {
    const { text } = await client.ask("GET", "/metrics")
    return Number(new RegExp(`^${series.replace(/[{}"]/g, "\\$&")} (\\d+)$`, "m").exec(text)?.[1])
  }

  it("says when its access token expires, and ends then", async () => {
    client = await startClient(shortLived)
    const ada = await register(client)
    const { exp } = JSON.parse(Buffer.from(ada.access_token.split(".")[1] ?? "", "base64url").toString()) as {
      readonly exp: number
    }
    const before = await metric('taskwright_streams_ended_total{reason="expired"}')
    const stream = await openFor(ada)
    const events = [await stream.next(), await stream.next()].map(({ data, event, id }) => ({ data, event, id }))
    expect(events).toContainEqual({
      event: "expiring",
      data: { at: new Date(exp * 1000).toISOString() },
      id: undefined,
    })
    expect(await metric("taskwright_streams_open")).toBe(1)
    expect(await stream.ended).toBe(true)
    expect(Date.now()).toBeGreaterThanOrEqual(exp * 1000)
    expect(await metric('taskwright_streams_ended_total{reason="expired"}')).toBe(before + 1)
    expect([await metric("taskwright_streams_open"), await metric("taskwright_http_requests_held")]).toEqual([0, 0])
    expect((await openFor(ada)).status).toBe(401)
  })

  it("says when its API token expires, and ends then", async () => {
    client = await startClient(memory)
    const ada = await register(client)
    const expiresAt = Date.now() + 2_000
    const secret = await client.run(
      Effect.gen(function* () {
        const made = yield* (yield* ApiTokenSecrets).make
        const token = makeApiToken(UserId.make(ada.user.id), { expiresAt: fromMillis(expiresAt) })
        yield* (yield* ApiTokenRepository).insert(token, made.hash)
        return made.secret
      }),
    )
    const stream = await openEvents(`${client.url}${path}`, secret)
    const events = [await stream.next(), await stream.next()].map(({ data, event }) => ({ data, event }))
    expect(events).toContainEqual({ event: "expiring", data: { at: new Date(expiresAt).toISOString() } })
    expect(await stream.ended).toBe(true)
    expect(Date.now()).toBeGreaterThanOrEqual(expiresAt)
    expect((await openEvents(`${client.url}${path}`, secret)).status).toBe(401)
  })

  it("ends if its client leaves much unread, and other streams of the user go on", async () => {
    client = await startClient(memory, { streamUnreadLimits: { bytes: 64 * 1024, millis: 300 } })
    const ada = await register(client)
    const { port, hostname } = new URL(client.url)
    const socket = connect(Number(port), hostname)
    socket.on("error", () => undefined)
    socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${ada.access_token}\r\n\r\n`)
    await new Promise((resolve) => socket.once("data", resolve))
    socket.pause()
    const reader = await openFor(ada)
    expect((await reader.next()).event).toBe("up_to_date")
    let isCut = false
    socket.once("close", () => {
      isCut = true
    })
    const description = "\u{1f600}".repeat(2_000)
    // The system takes some megabytes before anything is unread.
    for (let count = 0; !isCut && count < 5_000; count++) {
      await client.ask("POST", "/api/v1/tasks", { token: ada.access_token, body: { title: "Long", description } })
      expect((await reader.next()).event).toBe("change")
      // A paused socket does not detect the reset, but a write to it does.
      socket.write("\r\n")
    }
    expect(isCut).toBe(true)
    expect(await metric('taskwright_streams_ended_total{reason="slow"}')).toBe(1)
    reader.cut()
  })
})
