import { createHash } from "node:crypto"
import { Effect, Layer } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import { HttpApiScalar } from "effect/http-api"
import { problemResponse } from "./ProblemResponse.ts"
import { RequestState } from "./RequestState.ts"
import { Api } from "./v1/Api.ts"
import { openApiText } from "./v1/Document.ts"
import { type ProblemCode, problemTypes } from "./v1/ProblemTypes.ts"

/** The addresses of this file's pages, for the `Allow` header. */
export const addresses = [
  { method: "GET", path: "/" },
  { method: "GET", path: "/docs" },
  { method: "GET", path: "/openapi.json" },
  { method: "GET", path: "/problems/:code" },
] as const

const pageHeaders = (policy: string) => ({
  "content-security-policy": `default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; ${policy}`,
  "referrer-policy": "no-referrer",
  "x-frame-options": "DENY",
})

const toDocs = HttpRouter.add("GET", "/", HttpServerResponse.redirect("/docs", { status: 303 }))

const document = HttpRouter.add(
  "GET",
  "/openapi.json",
  HttpServerResponse.text(openApiText, { contentType: "application/json" }),
)

/** The reference holds all it needs, so its policy lets it reach this server alone and run only what it came with. */
const reference = HttpApiScalar.layer(Api, {
  path: "/docs",
  scalar: { withDefaultFonts: false, authentication: { preferredSecurityScheme: "bearer" } },
}).pipe(Layer.provide(HttpRouter.middleware((page) => Effect.map(page, withReferencePolicy)).layer))

let referencePolicy: Record<string, string> | undefined

const withReferencePolicy = (page: HttpServerResponse.HttpServerResponse) => {
  // The page is the same for every request, and hashing three megabytes takes longer than serving them.
  referencePolicy ??= pageHeaders(
    `script-src ${inlineScriptHashes(page).join(" ")}; style-src 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src blob:`,
  )
  return HttpServerResponse.setHeaders(page, referencePolicy)
}

const inlineScriptHashes = ({ body }: HttpServerResponse.HttpServerResponse): ReadonlyArray<string> => {
  if (body._tag !== "Uint8Array") return []
  const scripts = new TextDecoder().decode(body.body).matchAll(/<script>([\s\S]*?)<\/script>/g)
  return Array.from(scripts, ([, source = ""]) => `'sha256-${createHash("sha256").update(source).digest("base64")}'`)
}

const problemPage = HttpRouter.add(
  "GET",
  "/problems/:code",
  Effect.gen(function* () {
    const { code } = yield* HttpRouter.params
    if (code === undefined || !Object.hasOwn(problemTypes, code)) {
      return problemResponse("not_found", (yield* RequestState).id)
    }
    return HttpServerResponse.text(explanation(code as ProblemCode), {
      contentType: "text/html; charset=utf-8",
      headers: pageHeaders("style-src 'unsafe-inline'"),
    })
  }),
)

const page = (title: string, text: string) =>
  `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>body { font: 1rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem }</style>
<h1>${title}</h1>
<p>${text}</p>
<p><a href="/docs">The reference of the API</a></p>
</html>
`

const explanation = (code: ProblemCode) => {
  const { meaning, status, title } = problemTypes[code]
  return page(
    title,
    `${status} <code>${code}</code>: ${meaning.replaceAll("<", "&lt;").replace(/`([^`]*)`/g, "<code>$1</code>")}`,
  )
}

export const layer = Layer.mergeAll(toDocs, document, reference, problemPage)
