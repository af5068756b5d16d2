/** Defines tools: what clients are told about them, and what a call runs. */
import { Effect } from "effect"
import type { Ports } from "../../application/Ports.ts"
import type { Scope } from "../../domain/accounts/Scope.ts"
import type { BatchId } from "../../domain/changes/BatchId.ts"
import type { IdempotencyKey } from "../../domain/changes/IdempotencyKey.ts"
import { makeReadArguments } from "./ReadArguments.ts"
import type { ArgumentObject, JsonSchema } from "./schema/Arguments.ts"
import type { Answer, ToolCaller } from "./ToolCall.ts"
import type { InvalidArguments, ToolError } from "./ToolErrors.ts"

/** What clients are told about a tool, beside its arguments. */
interface Description {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly outputSchema: JsonSchema
  /** The scopes that an API token needs for every call. */
  readonly scopes: ReadonlyArray<Scope>
}

interface Hints {
  readonly isReadOnly: boolean
  /** Whether it can take something away that only an undo brings back. */
  readonly isDestructive: boolean
}

type Run<A> = Effect.Effect<A, ToolError, Ports>

/** A call of a tool that changes nothing, with its arguments. */
interface PreparedRead {
  readonly _tag: "Read"
  readonly run: (caller: ToolCaller) => Run<Answer>
}

/** A call of a tool that changes tasks or categories, with its arguments. */
export interface PreparedWrite {
  readonly _tag: "Write"
  readonly isDryRun: boolean
  readonly idempotencyKey: IdempotencyKey | null
  /** The confirmation of a plan that was shown; null without one. */
  readonly confirmation: string | null
  /** Runs one use case. `request` is the request in one form, without what does not belong to its meaning. */
  readonly run: (caller: ToolCaller, request: string) => Run<unknown>
  /** Returns the answer to the use case's result. */
  readonly present: (result: unknown, batchId: BatchId | null) => Answer
}

/** A tool that is ready to be called. */
export interface Tool extends Description, Hints {
  readonly inputSchema: JsonSchema
  /** Decodes the arguments of a call. */
  readonly prepare: (given: unknown) => Effect.Effect<PreparedRead | PreparedWrite, InvalidArguments>
}

/** Makes a tool that changes nothing. */
export const readTool = <A>({
  input,
  read,
  ...description
}: Description & {
  readonly input: ArgumentObject<A>
  readonly read: (args: A, caller: ToolCaller) => Run<Answer>
}): Tool => {
  const readArguments = makeReadArguments(input)
  return {
    ...description,
    isReadOnly: true,
    isDestructive: false,
    inputSchema: input.json,
    prepare: (given) =>
      Effect.map(readArguments(given), (args) => ({
        _tag: "Read" as const,
        run: (caller: ToolCaller) => read(args, caller),
      })),
  }
}

/** The arguments of writes that say how the call is made. */
interface WriteOptions {
  readonly dry_run: boolean | null | undefined
  readonly idempotency_key: IdempotencyKey | null | undefined
  /** A tool that never asks for a confirmation takes none. */
  readonly confirm?: string | null | undefined
}

/**
 * Makes a tool that changes tasks or categories, in two steps: so that the answer is known before the write, and can be
 * stored together with it. `present` depends on its arguments alone.
 */
export const writeTool = <A extends WriteOptions, R>({
  input,
  present,
  write,
  ...description
}: Description &
  Pick<Hints, "isDestructive"> & {
    readonly input: ArgumentObject<A>
    readonly write: (args: A, caller: ToolCaller, request: string) => Run<R>
    readonly present: (result: R, args: A, batchId: BatchId | null) => Answer
  }): Tool => {
  const readArguments = makeReadArguments(input)
  return {
    ...description,
    isReadOnly: false,
    inputSchema: input.json,
    prepare: (given) =>
      Effect.map(readArguments(given), (args) => ({
        _tag: "Write" as const,
        isDryRun: args.dry_run === true,
        idempotencyKey: args.idempotency_key ?? null,
        confirmation: args.confirm ?? null,
        run: (caller, request) => write(args, caller, request),
        // The result is that of `run`.
        present: (result, batchId) => present(result as R, args, batchId),
      })),
  }
}
