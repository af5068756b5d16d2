/** Asks the user through the client to confirm a plan, if the client can ask. */
import { Effect, Option, Predicate } from "effect"
import { McpSchema } from "effect/ai"
import type { ToolCall, ToolResult } from "../ToolCall.ts"

/** The name of the one question, for clients that answer it by calling again. */
const question = "confirm"

const requestedSchema = {
  type: "object" as const,
  properties: { confirm: { type: "boolean" as const, title: "Do it", default: false } },
  required: ["confirm"],
}

/** How many titles a question shows. */
const maxTitles = 5

/** Returns the token of a plan that waits for its confirmation. Null for every other answer. */
export const openPlan = ({ arguments: args }: ToolCall, { content, isError }: ToolResult): string | null => {
  const isDryRun = Predicate.hasProperty(args, "dry_run") && args.dry_run === true
  const { confirm } = content
  return !isError && !isDryRun && Predicate.hasProperty(confirm, "token") && typeof confirm.token === "string"
    ? confirm.token
    : null
}

/** Returns the question to the user: what the plan does, with the first titles in quotes. */
const messageOf = ({ name }: ToolCall, { content }: ToolResult): string => {
  const results = Array.isArray(content["results"]) ? (content["results"] as ReadonlyArray<unknown>) : []
  const titles = results.flatMap((result) =>
    Predicate.hasProperty(result, "title") && typeof result.title === "string" ? [JSON.stringify(result.title)] : [],
  )
  const more = titles.length > maxTitles ? ", …" : ""
  const list = titles.length === 0 ? "" : `: ${titles.slice(0, maxTitles).join(", ")}${more}`
  const verb = name.replace("_tasks", "").replace(/^./, (letter) => letter.toUpperCase())
  return `${verb} ${results.length} ${results.length === 1 ? "task" : "tasks"}${list}. It can be undone.`
}

/** Whether the client can show a form. */
const canAsk = ({ elicitation }: McpSchema.ClientCapabilities): boolean =>
  elicitation !== undefined && (elicitation.form !== undefined || Object.keys(elicitation).length === 0)

/** Whether the user has agreed. */
const isAgreed = (response: unknown): boolean =>
  Predicate.hasProperty(response, "action") &&
  response.action === "accept" &&
  Predicate.hasProperty(response, "content") &&
  Predicate.hasProperty(response.content, "confirm") &&
  response.content.confirm === true

/** Returns the answer to a plan that the user has declined. */
const declined = (result: ToolResult): ToolResult =>
  result.isError ? result : { isError: false, content: { ...result.content, declined: true, confirm: null } }

const withToken = ({ arguments: args, name }: ToolCall, token: string): ToolCall => ({
  name,
  arguments: { ...(args as object), confirm: token },
})

/**
 * Calls a tool, and asks the user if the answer is a plan that waits for a confirmation. Clients of the revisions with
 * sessions are asked at once. Those of the later one get the question as the answer, and call again. A client that cannot
 * ask gets the plan.
 */
export const callConfirmed = Effect.fnUntraced(function* (
  call: ToolCall,
  run: (call: ToolCall) => Effect.Effect<ToolResult>,
) {
  const { clientCapabilities, inputResponses, requestState } = yield* McpSchema.McpRequestContext
  if (inputResponses !== undefined) {
    // The token in the state is sealed, so a changed one is refused.
    if (isAgreed(inputResponses[question]) && requestState !== undefined)
      return yield* run(withToken(call, requestState))
    return declined(yield* run(call))
  }
  const result = yield* run(call)
  const token = openPlan(call, result)
  if (token === null || !canAsk(clientCapabilities)) return result
  const params = { mode: "form" as const, message: messageOf(call, result), requestedSchema }
  const session = yield* Effect.serviceOption(McpSchema.McpServerClient)
  if (Option.isNone(session)) {
    return new McpSchema.InputRequired({
      inputRequests: { [question]: { method: "elicitation/create", params } },
      requestState: token,
    })
  }
  const response = yield* Effect.scoped(
    Effect.flatMap(session.value.getClient, ({ elicit }) => elicit(McpSchema.ElicitRequestFormParams.make(params))),
  ).pipe(Effect.option)
  // A client that failed to ask gets the plan as if it could not.
  if (Option.isNone(response)) return result
  return isAgreed(response.value) ? yield* run(withToken(call, token)) : declined(result)
})
