import { isUtf8 } from "node:buffer"
import { Effect, Layer } from "effect"
import { HttpServerRequest } from "effect/http"
import { nestsTooDeep } from "./BodyChecks.ts"
import { problemResponse } from "./ProblemResponse.ts"
import { RequestState } from "./RequestState.ts"
import { RequestBody } from "./v1/RequestMiddleware.ts"

/** Refuses a body that is not JSON in UTF-8, which the decoder behind it could not tell from one of a wrong shape. */
export const layer = Layer.succeed(RequestBody, (httpEffect) =>
  Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    // Read by the gate already, within its limit; reading it again gives the same bytes.
    const bytes = new Uint8Array(yield* Effect.orDie(request.arrayBuffer))
    const detail = whatIsWrong(bytes)
    if (detail === undefined) return yield* httpEffect
    return problemResponse("malformed_json", (yield* RequestState).id, { detail })
  }),
)

const decoder = new TextDecoder("utf-8", { ignoreBOM: true })

const whatIsWrong = (bytes: Uint8Array): string | undefined => {
  if (bytes.length === 0) return "The body is empty; JSON is expected."
  if (!isUtf8(bytes)) return "The body is not UTF-8."
  const text = decoder.decode(bytes)
  if (nestsTooDeep(text)) return "The body is nested more than 32 levels deep."
  try {
    JSON.parse(text)
    return undefined
  } catch {
    return "The body is not JSON."
  }
}
