/** Serves a document that is the same for every caller: built once, compressed once, and shared by all responses. */
import { promisify } from "node:util"
import { brotliCompress, constants, gzip } from "node:zlib"
import { Effect } from "effect"
import { matchesNoneOf, tagOf } from "../request/EntityTags.ts"
import type { RequestContext } from "../request/RequestContext.ts"
import { type Coding, negotiateCoding } from "../response/ContentCoding.ts"
import { HttpResponse } from "../response/HttpResponse.ts"

interface Representation {
  readonly body: Buffer
  readonly headers: Readonly<Record<string, string>>
}

/** A document without a coding. */
export interface Document {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

/**
 * Responds with the document in the coding that the request accepts, or with 304 if the caller has it. `make` runs at
 * the first request, and returns the document. Each coding is one Buffer, compressed at the first
 * request for it, outside the event loop. If `make` dies, that request fails with a defect, and the next request runs
 * it again.
 */
export const staticDocument = (
  make: Effect.Effect<Document>,
): ((context: RequestContext) => Effect.Effect<HttpResponse>) => {
  const source = once(async () => {
    const { body, headers } = await Effect.runPromise(make)
    return { headers, body: Buffer.from(body) }
  })
  const representationOf = (coding: Coding) =>
    once(async (): Promise<Representation> => {
      const { headers, body: plain } = await source()
      const body = await encoders[coding](plain)
      return {
        body,
        headers: {
          ...headers,
          ...(coding === "identity" ? {} : { "content-encoding": coding }),
          // Each coding is a separate representation, so a strong tag names exactly one.
          etag: tagOf(body),
          vary: "Accept-Encoding",
          "cache-control": "no-cache",
        },
      }
    })
  const representations: Readonly<Record<Coding, () => Promise<Representation>>> = {
    br: representationOf("br"),
    gzip: representationOf("gzip"),
    identity: representationOf("identity"),
  }
  return ({ request }) =>
    Effect.map(
      Effect.promise(representations[negotiateCoding(request.headers["accept-encoding"]?.toString())]),
      ({ body, headers }) => {
        const { "cache-control": cacheControl = "", etag = "", vary = "" } = headers
        return matchesNoneOf(request.headers["if-none-match"], etag)
          ? new HttpResponse(304, { etag, vary, "cache-control": cacheControl })
          : new HttpResponse(200, headers, body)
      },
    )
}

/**
 * Runs at the first call, and returns the same result to all later calls. A caller that disconnects does not interrupt
 * it for the others. A failure is not cached.
 */
const once = <A>(run: () => Promise<A>): (() => Promise<A>) => {
  let result: Promise<A> | undefined
  return () => {
    result ??= run().catch((error: unknown) => {
      result = undefined
      throw error
    })
    return result
  }
}

/** Brotli's level 7 takes as long as gzip; the highest level saves another tenth, but takes a hundred times as long. */
const brotliLevel = 7

const encoders: Readonly<Record<Coding, (plain: Buffer) => Promise<Buffer>>> = {
  br: (plain) =>
    promisify(brotliCompress)(plain, {
      params: { [constants.BROTLI_PARAM_QUALITY]: brotliLevel, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length },
    }),
  gzip: (plain) => promisify(gzip)(plain),
  identity: async (plain) => plain,
}
