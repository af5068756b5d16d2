/** Runs the typed client against the real service, with lost and delayed responses. */
import { createServer, type RequestListener } from "node:http"
import type { AddressInfo } from "node:net"
import { Effect, Result } from "effect"
import { FetchHttpClient, HttpClient, HttpClientError, type HttpClientRequest } from "effect/http"
import { type Client, type ClientOptions, makeClient } from "../../../../adapters/http/client/index.ts"

/** A client over the real `fetch`, the requests that it sent, and a way to lose the service's responses. */
export interface WatchedClient {
  readonly client: Client
  /** Every request, as its method and path. */
  readonly sent: Array<string>
  /** The idempotency key of every request; null if it has none. */
  readonly keys: Array<string | null>
  /** Loses the next responses to such requests, that many times. */
  readonly lose: (request: string, times: number) => void
  /** Delays all later responses to such requests by that many milliseconds. */
  readonly delay: (request: string, millis: number) => void
}

export const watchedClient = (options: ClientOptions): WatchedClient => {
  const sent: Array<string> = []
  const keys: Array<string | null> = []
  const losses = new Map<string, number>()
  const delays = new Map<string, number>()
  const watch = Effect.map(
    HttpClient.HttpClient,
    HttpClient.transform((answer, request) => {
      const name = nameOf(request)
      sent.push(name)
      keys.push(request.headers["idempotency-key"] ?? null)
      return Effect.flatMap(Effect.tap(answer, Effect.sleep(delays.get(name) ?? 0)), (response) => {
        const left = losses.get(name) ?? 0
        losses.set(name, left - 1)
        return left <= 0
          ? Effect.succeed(response)
          : Effect.fail(
              new HttpClientError.HttpClientError({
                reason: new HttpClientError.TransportError({ request, description: "the connection was reset" }),
              }),
            )
      })
    }),
  )
  const client = Effect.runSync(
    makeClient(options).pipe(
      Effect.provideServiceEffect(HttpClient.HttpClient, watch),
      Effect.provide(FetchHttpClient.layer),
    ),
  )
  return {
    client,
    sent,
    keys,
    lose: (request, times) => losses.set(request, times),
    delay: (request, millis) => delays.set(request, millis),
  }
}

const nameOf = ({ method, url }: HttpClientRequest.HttpClientRequest): string => `${method} ${new URL(url).pathname}`

/** Runs an effect that must fail, and returns its failure. */
export const failureOf = async <E>(effect: Effect.Effect<unknown, E>): Promise<E> => {
  const result = await Effect.runPromise(Effect.result(effect))
  if (Result.isFailure(result)) return result.failure
  throw new Error(`it succeeded with ${JSON.stringify(result.success)}`)
}

/** Starts another server at the address where the service should be. */
export const startOther = async (listener: RequestListener) => {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

let users = 0

/** The fields with which a new user registers. */
export const newAccount = () => ({
  email: `client${++users}@example.com`,
  password: "Correct Horse 1",
  full_name: "Ada Lovelace",
})
