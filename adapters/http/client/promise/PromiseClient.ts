/** The typed client for programs that do not use Effect: with promises, `AbortSignal` and async iteration. */
import { Cause, Effect, Exit, Stream } from "effect"
import { FetchHttpClient } from "effect/http"
import { NetworkError, ProblemError, UnexpectedResponse } from "../ClientErrors.ts"
import { IdempotencyKey } from "../IdempotencyKey.ts"
import {
  type Client as EffectClient,
  type ClientOptions as EffectOptions,
  makeClient as makeEffectClient,
} from "../TaskwrightClient.ts"
import { type TokenStore as EffectTokenStore, memoryTokenStore, type Tokens } from "../TokenStore.ts"
import type { CallOptions, FailuresOf, PromisedClient } from "./PromiseMethods.ts"

/**
 * Stores the tokens of a client's session. A refresh token works once, so a store MUST belong to one client at a time.
 * Each function may return a promise.
 */
export interface TokenStore {
  /** Returns the tokens; null if there is no session. */
  readonly get: () => Tokens | null | Promise<Tokens | null>
  readonly set: (tokens: Tokens) => unknown
  readonly clear: () => unknown
}

export interface ClientOptions extends Omit<EffectOptions, "tokens"> {
  /** The store of the session's tokens; in memory by default. */
  readonly tokens?: TokenStore
  /** Sends the requests; the platform's `fetch` by default. */
  readonly fetch?: typeof globalThis.fetch
}

/**
 * The client of the API. A method takes the `params`, `query` and `payload` of its operation in one object, and `signal`
 * beside them. It resolves with the body of the response. It rejects with a `ProblemError`, a `NetworkError` or an
 * `UnexpectedResponse`; `isProblem` distinguishes them. `tasks.listAll` and `changes.follow` are async iterables.
 */
export type Client = PromisedClient<EffectClient>

/** The errors that calls reject with. */
export type ClientError = FailuresOf<EffectClient>

/** Returns whether a caught value is an error of this client. Its `code` says which. */
export const isClientError = (error: unknown): error is ClientError =>
  error instanceof ProblemError || error instanceof NetworkError || error instanceof UnexpectedResponse

/** Returns whether a caught value is the client's error with this code, and gives it the members of that error. */
export const isProblem = <Code extends ClientError["code"]>(
  error: unknown,
  code: Code,
): error is Extract<ClientError, { readonly code: Code }> => isClientError(error) && error.code === code

type AnyInput = CallOptions & Readonly<Record<string, unknown>>
type AnyMethod = (input: unknown) => Effect.Effect<unknown, unknown> | Stream.Stream<unknown, unknown>

/** Makes a client over `fetch`. It opens nothing by itself, and needs no closing. */
export const makeClient = ({ fetch, tokens, ...options }: ClientOptions): Client => {
  const store = tokens === undefined ? memoryTokenStore() : toEffects(tokens)
  const client = makeEffectClient({ ...options, tokens: store }).pipe(
    Effect.provide(FetchHttpClient.layer),
    Effect.runSync,
  )
  const sendBy = fetch ?? globalThis.fetch
  const promised = (method: AnyMethod) => (input?: AnyInput) => {
    const { idempotencyKey = null, signal, ...given } = input ?? {}
    // A method without an input ignores this argument.
    const result = method(given)
    return isStream(result)
      ? iterate(result.pipe(Stream.provideService(FetchHttpClient.Fetch, sendBy)), signal)
      : run(
          result.pipe(
            Effect.provideService(IdempotencyKey, idempotencyKey),
            Effect.provideService(FetchHttpClient.Fetch, sendBy),
          ),
          signal,
        )
  }
  const methodsOf = (group: object) =>
    Object.fromEntries(Object.entries(group).map(([name, method]) => [name, promised(method as AnyMethod)]))
  // The types are derived from the same client.
  return Object.fromEntries(
    Object.entries(client).map(([name, part]) =>
      Effect.isEffect(part) ? [name, () => Effect.runSync(part as Effect.Effect<unknown>)] : [name, methodsOf(part)],
    ),
  ) as unknown as Client
}

const isStream = (result: ReturnType<AnyMethod>): result is Stream.Stream<unknown, unknown> => Stream.isStream(result)

const toEffects = ({ clear, get, set }: TokenStore): EffectTokenStore => ({
  get: Effect.promise(async () => get()),
  set: (tokens) => Effect.promise(async () => set(tokens)),
  clear: Effect.promise(async () => clear()),
})

/** Throws what a promise of the platform would reject with: the error itself, or the reason of the signal. */
const raise = (cause: Cause.Cause<unknown>, signal: AbortSignal | undefined): never => {
  if (signal?.aborted === true && Cause.hasInterruptsOnly(cause)) throw signal.reason
  throw Cause.squash(cause)
}

const run = async <A>(effect: Effect.Effect<A, unknown>, signal: AbortSignal | undefined): Promise<A> => {
  signal?.throwIfAborted()
  const exit = await Effect.runPromiseExit(effect, { signal })
  return Exit.isSuccess(exit) ? exit.value : raise(exit.cause, signal)
}

/** Completes when the signal is aborted. */
const whenAborted = (signal: AbortSignal) =>
  Effect.callback<void>((resume) => {
    const onAbort = () => resume(Effect.void)
    signal.addEventListener("abort", onAbort, { once: true })
    return Effect.sync(() => signal.removeEventListener("abort", onAbort))
  })

/** Iterates over the stream. Leaving the loop or aborting the signal ends the requests. */
async function* iterate<A>(
  stream: Stream.Stream<A, unknown>,
  signal: AbortSignal | undefined,
): AsyncGenerator<A, void> {
  signal?.throwIfAborted()
  yield* Stream.toAsyncIterable(
    signal === undefined ? stream : Stream.interruptWhen(stream, whenAborted(signal)),
  ) as AsyncIterable<A>
  signal?.throwIfAborted()
}
