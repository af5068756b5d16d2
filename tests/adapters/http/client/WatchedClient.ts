import { createServer, type RequestListener } from "node:http"
import type { AddressInfo } from "node:net"
import { Effect, Result } from "effect"
import { FetchHttpClient, HttpClient, HttpClientError, type HttpClientRequest } from "effect/http"
import { type Client, type ClientOptions, makeClient } from "../../../../adapters/http/client/index.ts"

/** A client over the real `fetch`, what it sent, and a way to lose answers that the service has given. */
export interface WatchedClient {
  readonly client: Client
  /** Every request: its method and path. */
  readonly sent: Array<string>
  /** From now on the answers to such requests are lost, as often as that. */
  readonly lose: (request: string, times: number) => void
  /** From now on the answers to such requests come later by that. */
  readonly delay: (request: string, millis: number) => void
}

export const watchedClient = (options: ClientOptions): WatchedClient => {
  const sent: Array<string> = []
  const losses = new Map<string, number>()
  const delays = new Map<string, number>()
  const watch = Effect.map(
    HttpClient.HttpClient,
    HttpClient.transform((answer, request) => {
      const name = nameOf(request)
      sent.push(name)
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
    lose: (request, times) => losses.set(request, times),
    delay: (request, millis) => delays.set(request, millis),
  }
}

const nameOf = ({ method, url }: HttpClientRequest.HttpClientRequest): string => `${method} ${new URL(url).pathname}`

/** Runs what is to fail, and gives how. */
export const failureOf = async <E>(effect: Effect.Effect<unknown, E>): Promise<E> => {
  const result = await Effect.runPromise(Effect.result(effect))
  if (Result.isFailure(result)) return result.failure
  throw new Error(`it succeeded with ${JSON.stringify(result.success)}`)
}

/** Something else that answers where the service should. */
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

/** What a new user registers with. */
export const newAccount = () => ({
  email: `client${++users}@example.com`,
  password: "Correct Horse 1",
  full_name: "Ada Lovelace",
})
