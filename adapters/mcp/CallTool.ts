/** Calls a tool: checks its arguments and the caller's rights, and runs it at most once for each idempotency key. */
import { hash } from "node:crypto"
import { Cause, Effect, Option, type Schema } from "effect"
import { type AccessPolicy, makeAccess } from "../../application/access/Access.ts"
import { type IdempotentRequest, makeRunOnce, type RunOnce } from "../../application/changes/Idempotency.ts"
import { makeMutation, runAsMutation } from "../../application/changes/Mutation.ts"
import type { Ports } from "../../application/Ports.ts"
import { Unavailable } from "../../application/shared/Unavailable.ts"
import type { BatchId } from "../../domain/changes/BatchId.ts"
import type { RequestId } from "../../domain/changes/Change.ts"
import { IdempotencyKey } from "../../domain/changes/IdempotencyKey.ts"
import { canonicalText } from "../../domain/changes/RequestFingerprint.ts"
import { problemTypes } from "../http/api/v1/ProblemTypes.ts"
import { newUuid } from "../ids/RandomUuid.ts"
import { requireScopes } from "./RequireScopes.ts"
import type { PreparedWrite } from "./Tool.ts"
import type { Answer, ToolCall, ToolCaller, ToolResult } from "./ToolCall.ts"
import { isRefusal, problemOf, type ToolError } from "./ToolErrors.ts"
import { tools } from "./Tools.ts"

/** Answers a call of one of the tools. It never fails: the answer to a call that fails says why. */
export type CallTool = (call: ToolCall, caller: ToolCaller) => Effect.Effect<ToolResult, never, Ports>

/** Makes the function, with what one process remembers: verified users, and the keys of calls in progress. */
export const makeCallTool = (policy: AccessPolicy) =>
  Effect.gen(function* () {
    const access = yield* makeAccess(policy)
    const runOnce = makeRunOnce()
    const byName = new Map(tools.map((tool) => [tool.name, tool]))

    const run = Effect.fnUntraced(function* (call: ToolCall, caller: ToolCaller) {
      const tool = byName.get(call.name)
      if (tool === undefined) return yield* Effect.die(new Error("the protocol calls known tools only"))
      yield* requireScopes(caller.identity, tool.scopes)
      const prepared = yield* tool.prepare(call.arguments)
      return prepared._tag === "Read"
        ? yield* prepared.run(caller)
        : yield* runWrite(prepared, requestText(call), caller, runOnce)
    })

    const call: CallTool = (call, caller) =>
      access.decide(caller.identity, "tasks", run(call, caller), Effect.fail).pipe(
        Effect.matchCauseEffect({
          onSuccess: (content) => Effect.succeed({ isError: false, content }),
          onFailure: (cause) => answerFailure(cause, caller),
        }),
      )
    return call
  })

/** Runs a write as one batch. Calls with the same idempotency key have one effect, and get the same answer. */
const runWrite = Effect.fnUntraced(function* (
  write: PreparedWrite,
  request: string,
  caller: ToolCaller,
  runOnce: RunOnce,
) {
  const batchId = newUuid() as BatchId
  let hasChanged = false
  const mutation = makeMutation(caller.identity, {
    batchId,
    // Every id of a request has this form.
    requestId: caller.requestId as RequestId | null,
    onChange: () => {
      hasChanged = true
    },
  })
  const present = (result: unknown, changes: boolean) => write.present(result, changes ? batchId : null)
  // A plan that waits for its confirmation is an answer. It is a refusal for the key, which an earlier call may have used.
  const confirmed = <R>(work: Effect.Effect<Answer, ToolError, R>) =>
    Effect.catchTag(work, "ConfirmationRequired", ({ plan }) => Effect.succeed(write.present(plan, null)))

  const execute = write.run(caller, request)
  const key = write.idempotencyKey ?? confirmationKey(write, request)
  if (key === null || write.isDryRun) {
    return yield* confirmed(Effect.map(runAsMutation(mutation, execute), (result) => present(result, hasChanged)))
  }
  const once: IdempotentRequest<unknown, ToolError> = {
    userId: caller.identity.userId,
    key,
    fingerprint: fingerprintOf(request, caller),
    toResponse: (result, changes) => JSON.stringify(present(result, changes)),
    isRefusal,
  }
  return yield* confirmed(
    Effect.map(runAsMutation(mutation, runOnce(once, execute)), (outcome) =>
      outcome._tag === "Repeated"
        ? (JSON.parse(outcome.response) as Answer)
        : present(outcome.result, outcome.hasChanged),
    ),
  )
})

/**
 * Returns the request in one form: without the confirmation, which a repetition may add, and without what says how the
 * call is made. The arguments were decoded, so their depth is bounded.
 */
const requestText = ({ arguments: args, name }: ToolCall): string => {
  const members = Object.entries(args as Record<string, Schema.Json>)
  const body = Object.fromEntries(members.filter(([member, value]) => value !== null && !callOptions.has(member)))
  return canonicalText({ method: "MCP", target: name, ifMatch: null, body })
}

/**
 * Returns the key of a confirmed plan without a key of its own, so that a confirmation that comes twice applies it once.
 * With another request, a confirmation is none for that plan, so the request is a part of the key.
 */
const confirmationKey = ({ confirmation }: PreparedWrite, request: string): IdempotencyKey | null =>
  confirmation === null
    ? null
    : IdempotencyKey.make(`confirmed-${hash("sha256", `${confirmation} ${request}`, "base64url")}`)

/**
 * Returns the hash of the request. An answer that a session got may hold more than an API token may see. So the same call
 * by an API token is another one than that of a session or of another token.
 */
const fingerprintOf = (request: string, { identity }: ToolCaller): string =>
  hash("sha256", identity._tag === "Session" ? request : `${identity.tokenId} ${request}`, "base64url")

const callOptions: ReadonlySet<string> = new Set(["confirm", "dry_run", "idempotency_key"])

const failed = (error: object): ToolResult => ({ isError: true, content: { error } })

/** Answers a call that failed. An interruption stays one. */
const answerFailure = (cause: Cause.Cause<ToolError>, { requestId }: ToolCaller): Effect.Effect<ToolResult> => {
  if (Cause.hasInterruptsOnly(cause)) return Effect.interrupt
  const error = Cause.hasDies(cause) ? Option.none() : Cause.findErrorOption(cause)
  if (Option.isSome(error)) return Effect.succeed(failed(problemOf(error.value)))
  const defect = Cause.squash(cause)
  if (defect instanceof Unavailable) {
    const seconds = Math.max(1, Math.ceil(defect.retryAfterMillis / 1000))
    const next = `Repeat the same call in ${seconds} seconds.`
    return Effect.as(
      Effect.logWarning("tool unavailable", cause),
      failed({ code: "unavailable", detail: problemTypes.unavailable.meaning, next }),
    )
  }
  const next = "Tell the user that the service has a fault."
  return Effect.as(
    Effect.logError("tool failed", cause),
    failed({ code: "internal_error", detail: problemTypes.internal_error.meaning, next, request_id: requestId }),
  )
}
