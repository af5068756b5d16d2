/** Starts the HTTP service in the test process and sends requests to it. */
import { Context, Effect, Exit, Layer, Logger, Scope } from "effect"
import * as Http from "../../adapters/http/server/HttpServer.ts"
import { HttpSettings } from "../../adapters/http/server/settings/HttpSettings.ts"
import type { Readiness } from "../../adapters/http/server/settings/Readiness.ts"
import type { Ports } from "../../application/Ports.ts"
import { assistants } from "../../bootstrap/assistants.ts"

export type Json = { readonly [key: string]: JsonValue }
export type JsonValue = string | number | boolean | null | Json | ReadonlyArray<JsonValue>

/** A response as a client receives it. The test names the type that it expects `body` to have. */
export interface Answer<Body> {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly body: Body
}

export interface Ask {
  readonly token?: string | undefined
  readonly body?: unknown
  /** Sent as it is, instead of `body`. */
  readonly raw?: string | Uint8Array<ArrayBuffer> | undefined
  readonly headers?: Record<string, string> | undefined
}

export interface Service<More = never> {
  readonly url: string
  readonly ask: <Body = Json>(method: string, path: string, ask?: Ask) => Promise<Answer<Body>>
  readonly context: Context.Context<Ports | More>
  readonly stop: () => Promise<void>
}

const generous = { limit: 1_000_000, windowMillis: 60_000 }

/** Starts the service on a free port, with limits that no test reaches by default. It logs to the given loggers. */
export const startService = async <More = never>(
  ports: Layer.Layer<Ports | Readiness | More, unknown>,
  settings: Partial<typeof HttpSettings.Service> = {},
  loggers: ReadonlyArray<Logger.Logger<unknown, unknown>> = [],
): Promise<Service<More>> => {
  const scope = Scope.makeUnsafe()
  const layer = Layer.unwrap(
    Effect.map(HttpSettings, (defaults) =>
      Http.layer({ host: "127.0.0.1", port: 0 }).pipe(
        Layer.provideMerge(ports),
        Layer.provide(
          Layer.succeed(HttpSettings, {
            ...defaults,
            userLimit: generous,
            tokenLimit: generous,
            addressLimit: generous,
            documentLimit: generous,
            ...settings,
          }),
        ),
      ),
    ),
  ).pipe(Layer.provide(assistants), Layer.provide(Logger.layer(loggers)))
  const context = await Effect.runPromise(Layer.buildWithScope(layer, scope))
  const url = `http://127.0.0.1:${Context.get(context, Http.ListeningAddress).port}`
  return {
    url,
    context,
    stop: () => Effect.runPromise(Scope.close(scope, Exit.void)),
    ask: async <Body>(method: string, path: string, { body, headers, raw, token }: Ask = {}) => {
      const response = await fetch(`${url}${path}`, {
        method,
        redirect: "manual",
        headers: {
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...((body !== undefined || raw !== undefined) && { "content-type": "application/json" }),
          ...headers,
        },
        ...(raw !== undefined ? { body: raw } : body !== undefined ? { body: JSON.stringify(body) } : {}),
      })
      const text = await response.text()
      const isJson = response.headers.get("content-type")?.includes("json") === true
      return {
        status: response.status,
        headers: response.headers,
        text,
        body: (isJson && text !== "" ? JSON.parse(text) : null) as Body,
      }
    },
  }
}
