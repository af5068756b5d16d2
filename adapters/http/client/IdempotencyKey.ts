/** The idempotency keys of requests that change tasks or categories. */
import { Context, Effect } from "effect"
import type { AnyInput } from "./SendRequest.ts"

/**
 * The key of the next call that changes tasks or categories, 1 to 255 visible ASCII characters. By default it is null:
 * each call takes a new one. A program can end before the response arrives. If it has stored a key of its own before the
 * call, it can repeat the call with it later:
 *
 *     tasks.createTask({ payload }).pipe(Effect.provideService(IdempotencyKey, "order-17"))
 */
export const IdempotencyKey = Context.Reference<string | null>("taskwright/client/IdempotencyKey", {
  defaultValue: () => null,
})

const keyBytes = 16

// `crypto.randomUUID` is missing in pages without TLS.
const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(keyBytes)), (byte) => byte.toString(16).padStart(2, "0")).join("")

/** Returns the input with a key, which is the same in all repetitions of the request. */
export const withIdempotencyKey = (input: AnyInput): Effect.Effect<AnyInput> =>
  Effect.map(IdempotencyKey, (key) => ({
    ...input,
    headers: { ...input.headers, "idempotency-key": key ?? newKey() },
  }))
