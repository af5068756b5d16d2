/** Reads request bodies and parses them as JSON. */
import { isUtf8 } from "node:buffer"
import type { IncomingMessage } from "node:http"
import { Data, Effect, Result } from "effect"
import type { ProblemCode } from "../../api/v1/ProblemTypes.ts"
import { exceedsMaxNesting, maxBodyBytes, withoutByteOrderMark } from "./BodyLimits.ts"

/** The body is too large, or incomplete. */
export class UnreadableBody extends Data.TaggedError("UnreadableBody")<{ readonly code: ProblemCode }> {}

/** Reads the bytes of a request's body, and buffers no more than `maxBodyBytes`. */
export const readBody = (request: IncomingMessage): Effect.Effect<Buffer, UnreadableBody> =>
  Effect.callback((resume) => {
    const chunks: Array<Buffer> = []
    let length = 0
    const stop = () => {
      request.off("data", take).off("end", finish).off("close", breakOff)
    }
    const take = (chunk: Buffer) => {
      length += chunk.length
      if (length <= maxBodyBytes) {
        chunks.push(chunk)
        return
      }
      stop()
      resume(Effect.fail(new UnreadableBody({ code: "payload_too_large" })))
    }
    const finish = () => {
      stop()
      resume(Effect.succeed(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)))
    }
    const breakOff = () => {
      stop()
      resume(Effect.fail(new UnreadableBody({ code: "malformed_request" })))
    }
    request.on("data", take).on("end", finish).on("close", breakOff)
    return Effect.sync(stop)
  })

/** Parses the bytes as JSON; fails with a description of the error. */
export const parseJson = (body: Buffer): Result.Result<unknown, string> => {
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
