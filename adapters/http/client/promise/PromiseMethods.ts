/** Derives the types of the methods with promises from those with effects. */
import type { Effect, Stream } from "effect"
import type { ListTasks, TaskCursorPage, TaskCursorQuery, TaskPage, TaskPageQuery } from "../TaskPages.ts"

/** What a call takes beside its input. */
export interface CallOptions {
  /** Ends the call: it rejects with the signal's reason, as `fetch` does. The service may have executed the request. */
  readonly signal?: AbortSignal | undefined
  /**
   * The `Idempotency-Key` of a call that changes tasks or categories, 1 to 255 visible ASCII characters. A call with the
   * key of an earlier one has its response, and no second effect. By default each call takes a new key.
   */
  readonly idempotencyKey?: string | undefined
}

/** What an iteration takes beside its input. */
export type IterationOptions = Pick<CallOptions, "signal">

/** Lists tasks. With a cursor, it returns the page at that cursor, and otherwise the page of that number. */
interface PromisedListTasks {
  (input: { readonly query: TaskCursorQuery } & CallOptions): Promise<TaskCursorPage>
  (input?: { readonly query?: TaskPageQuery } & CallOptions): Promise<TaskPage>
}

type WithOptions<Input extends ReadonlyArray<unknown>, Options> = Input extends readonly []
  ? [options?: Options]
  : Input extends readonly [infer Given]
    ? [input: Given & Options]
    : [input?: NonNullable<Input[0]> & Options]

type Promised<Method> = Method extends ListTasks
  ? PromisedListTasks
  : Method extends (...input: infer Input) => Effect.Effect<infer Result, unknown>
    ? (...input: WithOptions<Input, CallOptions>) => Promise<Result>
    : Method extends (...input: infer Input) => Stream.Stream<infer Item, unknown>
      ? (...input: WithOptions<Input, IterationOptions>) => AsyncIterable<Item>
      : Method extends Effect.Effect<infer Result>
        ? () => Result
        : { readonly [Name in keyof Method]: Promised<Method[Name]> }

/** The same client with promises: a call returns one, and a stream is an async iterable. */
export type PromisedClient<Methods> = { readonly [Name in keyof Methods]: Promised<Methods[Name]> }

type FailureOf<Method> = Method extends (...input: never) => Effect.Effect<unknown, infer Failure>
  ? Failure
  : Method extends (...input: never) => unknown
    ? never
    : Method extends Effect.Effect<unknown>
      ? never
      : FailuresOf<Method>

/** Every error that a method can fail with. */
export type FailuresOf<Methods> = { readonly [Name in keyof Methods]: FailureOf<Methods[Name]> }[keyof Methods]
