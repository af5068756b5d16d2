/** Runs the handler of an endpoint that changes tasks or categories. All its changes are one batch. */
import { Effect, Predicate, Result } from "effect"
import { type IdempotentRequest, makeRunOnce } from "../../../../application/changes/Idempotency.ts"
import { makeMutation, runAsMutation } from "../../../../application/changes/Mutation.ts"
import type { Ports } from "../../../../application/Ports.ts"
import type { UserId } from "../../../../domain/accounts/UserId.ts"
import type { BatchId } from "../../../../domain/changes/BatchId.ts"
import type { RequestId } from "../../../../domain/changes/Change.ts"
import * as IdempotencyKey from "../../../../domain/changes/IdempotencyKey.ts"
import { newUuid } from "../../../ids/RandomUuid.ts"
import { replayedResponses } from "../middleware/RequestMetrics.ts"
import type { RequestBody } from "../request/JsonBody.ts"
import type { AuthenticatedContext } from "../request/RequestContext.ts"
import { hashRequest } from "../request/RequestHash.ts"
import { HttpResponse } from "../response/HttpResponse.ts"
import { repeatResponse, storeResponse } from "../response/StoredResponse.ts"
import { type HandlerError, toProblem } from "./ToProblem.ts"

/** A handler of any endpoint that changes tasks or categories, with its response instead of its success value. */
export interface ResponseTo<Input> {
  readonly run: (input: Input, context: AuthenticatedContext) => Effect.Effect<unknown, HandlerError, Ports>
  readonly toResponse: (result: unknown) => HttpResponse
}

/** Runs the handler, and returns its response. `Undo-Id` names the batch if anything was changed. */
export type RunMutation = <Input>(
  handler: ResponseTo<Input>,
  input: Input,
  context: AuthenticatedContext,
  body: RequestBody | undefined,
) => Effect.Effect<HttpResponse, HandlerError, Ports>

/**
 * Makes the function. Requests with the same idempotency key have one effect, and get the same response. `onChange` is
 * called after each request that has changed something of the user.
 */
export const makeRunMutation = (onChange: (userId: UserId) => void): RunMutation => {
  const runOnce = makeRunOnce()
  return ({ run, toResponse }, input, context, body) => {
    const { id, identity, request } = context
    const batchId = newUuid() as BatchId
    let hasChanged = false
    const mutation = makeMutation(identity, {
      batchId,
      // Every id of a request has this form.
      requestId: id as RequestId,
      onChange: () => {
        hasChanged = true
      },
    })
    const respond = (result: unknown, changes: boolean): HttpResponse => {
      if (!changes) return toResponse(result)
      onChange(identity.userId)
      return respondToChange(toResponse(result), batchId)
    }
    const execute = run(input, context)
    const header = request.headers["idempotency-key"]
    const executed = Effect.map(runAsMutation(mutation, execute), (result) => respond(result, hasChanged))
    if (header === undefined) return executed
    const key = IdempotencyKey.parse(header.toString())
    if (Result.isFailure(key)) return Effect.fail(key.failure)
    if (isDryRun(body)) return executed
    const idempotent: IdempotentRequest<unknown, HandlerError> = {
      userId: identity.userId,
      key: key.success,
      fingerprint: hashRequest(request, body, identity),
      toResponse: (result, changes) => storeResponse(respond(result, changes)),
      isRefusal,
    }
    return Effect.map(runAsMutation(mutation, runOnce(idempotent, execute)), (outcome) =>
      outcome._tag === "Repeated" ? replay(outcome.response) : respond(outcome.result, outcome.hasChanged),
    )
  }
}

/** Whether the request stores nothing. Its response is not stored either: a repetition looks again. */
const isDryRun = (body: RequestBody | undefined): boolean => {
  const json = body === undefined ? null : Result.getOrElse(body.json, () => null)
  return Predicate.hasProperty(json, "dry_run") && json.dry_run === true
}

const replay = (stored: string): HttpResponse => {
  replayedResponses.add(1)
  return repeatResponse(stored)
}

/** Returns the response to a request that has committed changes. */
const respondToChange = ({ body, headers, status }: HttpResponse, batchId: BatchId): HttpResponse =>
  new HttpResponse(status, { ...headers, "undo-id": batchId }, body)

/** The statuses of refusals that depend on what is stored, so that an earlier success of the request can cause them. */
const refusals: ReadonlySet<number> = new Set([403, 404, 409, 410, 412, 422])

/** Whether an earlier success can cause the error, or the time that has passed since. */
const isRefusal = (error: HandlerError): boolean =>
  error._tag === "DueDateNotInFuture" || refusals.has(toProblem(error, "").status)
