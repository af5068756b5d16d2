/** Reads request bodies and parses them as JSON. */
import { isUtf8 } from "node:buffer"
import type { IncomingMessage } from "node:http"
import { Data, Effect, Result } from "effect"
import type { ProblemCode } from "../../api/v1/ProblemTypes.ts"
import { exceedsMaxNesting, withoutByteOrderMark } from "./BodyLimits.ts"

/** The body is too large, or incomplete. */
export class UnreadableBody extends Data.TaggedError("UnreadableBody")<{ readonly code: ProblemCode }> {}

/** The body of a request, which is parsed at most once. */
export class RequestBody {
  readonly bytes: Buffer
  #json: Result.Result<unknown, string> | undefined

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  /** The body parsed as JSON, or a description of the error. */
  get json(): Result.Result<unknown, string> {
    this.#json ??= parseJson(this.bytes)
    return this.#json
  }
}

/** Reads a request's body, and buffers no more than `maxBytes`. */
export const readBody = (request: IncomingMessage, maxBytes: number): Effect.Effect<RequestBody, UnreadableBody> =>
  Effect.callback((resume) => {
    const chunks: Array<Buffer> = []
    let length = 0
    const stop = () => {
      request.off("data", take).off("end", finish).off("close", breakOff)
    }
    const take = (chunk: Buffer) => {
      length += chunk.length
      if (length <= maxBytes) {
        chunks.push(chunk)
        return
      }
      stop()
      resume(Effect.fail(new UnreadableBody({ code: "payload_too_large" })))
    }
    const finish = () => {
      stop()
      const [first] = chunks
      const bytes = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks)
      resume(Effect.succeed(new RequestBody(bytes)))
    }
    const breakOff = () => {
      stop()
      resume(Effect.fail(new UnreadableBody({ code: "malformed_request" })))
    }
    request.on("data", take).on("end", finish).on("close", breakOff)
    return Effect.sync(stop)
  })

const parseJson = (body: Buffer): Result.Result<unknown, string> => {
  const bytes = withoutByteOrderMark(body)
  if (bytes.length === 0) return Result.fail("The body is empty; JSON is expected.")
  if (!isUtf8(bytes)) return Result.fail("The body is not UTF-8.")
  const text = bytes.toString("utf8")
  if (exceedsMaxNesting(text)) return Result.fail("The body is nested more than 32 levels deep.")
  try {
    return Result.succeed(JSON.parse(text))
  } catch {
    return Result.fail("The body is not JSON.")
  }
}
