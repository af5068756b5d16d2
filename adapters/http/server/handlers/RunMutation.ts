/** Runs the handler of an endpoint that changes tasks or categories. All its changes are one batch. */
import { Effect } from "effect"
import { uuidV7Unsafe } from "effect/crypto/SecureRandom"
import { makeMutation, runAsMutation } from "../../../../application/changes/Mutation.ts"
import type { Ports } from "../../../../application/Ports.ts"
import { BatchId } from "../../../../domain/changes/BatchId.ts"
import { RequestId } from "../../../../domain/changes/Change.ts"
import type { AuthenticatedContext } from "../request/RequestContext.ts"
import { HttpResponse } from "../response/HttpResponse.ts"
import type { HandlerError } from "./ToProblem.ts"

/** A handler of any endpoint that changes tasks or categories, with its response instead of its success value. */
export interface ResponseTo<Input> {
  readonly run: (input: Input, context: AuthenticatedContext) => Effect.Effect<unknown, HandlerError, Ports>
  readonly toResponse: (result: unknown) => HttpResponse
}

/** Runs the handler, and returns its response. `Undo-Id` names the batch if anything was changed. */
export const runMutation = <Input>(
  { run, toResponse }: ResponseTo<Input>,
  input: Input,
  context: AuthenticatedContext,
): Effect.Effect<HttpResponse, HandlerError, Ports> => {
  const batchId = BatchId.make(uuidV7Unsafe())
  let hasChanged = false
  const mutation = makeMutation(context.identity, {
    batchId,
    requestId: RequestId.make(context.id),
    onChange: () => {
      hasChanged = true
    },
  })
  return Effect.map(runAsMutation(mutation, run(input, context)), (result) =>
    hasChanged ? respondToChange(toResponse(result), batchId) : toResponse(result),
  )
}

/** Returns the response to a request that has committed changes. */
const respondToChange = ({ body, headers, status }: HttpResponse, batchId: BatchId): HttpResponse =>
  new HttpResponse(status, { ...headers, "undo-id": batchId }, body)
