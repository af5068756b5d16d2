/** Gives the commands of a Redis connection spans, below the span of the request that sends them. */
import { Effect, Layer, type Tracer } from "effect"
import type { RedisClient } from "./RedisClient.ts"
import { RedisConnection } from "./RedisConnection.ts"

/** Wraps the connection. A span names the command and the script, but no key and no value. */
export const layer: Layer.Layer<RedisConnection, never, RedisConnection> = Layer.effect(
  RedisConnection,
  Effect.map(RedisConnection, (inner) => ({
    ...inner,
    command: (send) => inClientSpan((span) => inner.command((client) => send(describeIn(client, span)))),
    publish: (channel, message) =>
      inClientSpan((span) => {
        span.attribute("db.operation.name", "PUBLISH")
        return inner.publish(channel, message)
      }),
  })),
)

const inClientSpan = <A, E>(use: (span: Tracer.Span) => Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.useSpan("redis", { kind: "client" }, (span) => {
    span.attribute("db.system.name", "redis")
    return use(span)
  })

/** Returns the client with those operations that adapters use in a command. They say in the span what they do. */
const describeIn = (client: RedisClient, span: Tracer.Span): RedisClient => ({
  ...client,
  run: (script, keys, values) => {
    span.attribute("db.operation.name", "EVALSHA")
    span.attribute("db.stored_procedure.name", script.name)
    return client.run(script, keys, values)
  },
  set: (key, value, millis) => {
    span.attribute("db.operation.name", "SET")
    return client.set(key, value, millis)
  },
})
