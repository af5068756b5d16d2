/** Reads the body of a response completely, up to the maximum size. */
import { Data, Effect, Stream } from "effect"
import type { HttpClientError, HttpClientResponse } from "effect/http"
import { maxListBytes } from "../api/v1/Pagination.ts"

const maximumMebibytes = maxListBytes / 2 ** 20

/** The response is larger than any that the API sends; the rest of it was not read. */
export class ResponseTooLarge extends Data.TaggedError("ResponseTooLarge") {
  override readonly message = `an answer of more than ${maximumMebibytes} MiB`
}

/** Reads a response to its end. After that, only its content can make decoding fail, not the network. */
export const bufferBody = (
  response: HttpClientResponse.HttpClientResponse,
): Effect.Effect<HttpClientResponse.HttpClientResponse, ResponseTooLarge | HttpClientError.HttpClientError> =>
  Effect.gen(function* () {
    const parts: Array<Uint8Array> = []
    let bytes = 0
    yield* Stream.runForEach(response.stream, (part) => {
      bytes += part.byteLength
      parts.push(part)
      return bytes > maxListBytes ? Effect.fail(new ResponseTooLarge()) : Effect.void
    }).pipe(Effect.catchIf(isWithoutBody, () => Effect.void))
    const whole = new Uint8Array(bytes)
    let offset = 0
    for (const part of parts) {
      whole.set(part, offset)
      offset += part.byteLength
    }
    // The same response, with its bytes read from memory.
    return Object.create(response, {
      arrayBuffer: { value: Effect.succeed(whole.buffer) },
      text: { value: Effect.sync(() => new TextDecoder().decode(whole)) },
    })
  })

const isWithoutBody = (error: ResponseTooLarge | HttpClientError.HttpClientError): boolean =>
  error._tag === "HttpClientError" && error.reason._tag === "EmptyBodyError"
