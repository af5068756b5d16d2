import { createHash } from "node:crypto"
import { Effect, Layer } from "effect"
import { HttpRouter } from "effect/http"
import { HttpApiScalar } from "effect/http-api"
import { Answer, problemAnswer } from "./Answer.ts"
import type { Exchange } from "./Exchange.ts"
import { Api } from "./v1/Api.ts"
import { openApiText } from "./v1/Document.ts"
import { type ProblemCode, problemTypes } from "./v1/ProblemTypes.ts"

/** A page that anybody may read. */
export interface Page {
  readonly path: `/${string}`
  readonly answer: (exchange: Exchange) => Effect.Effect<Answer>
}

const pageHeaders = (policy: string) => ({
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": `default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; ${policy}`,
  "referrer-policy": "no-referrer",
  "x-frame-options": "DENY",
})

const scalar = HttpApiScalar.layer(Api, {
  path: "/docs",
  scalar: { withDefaultFonts: false, authentication: { preferredSecurityScheme: "bearer" } },
})

/** Made at the first request for it: three megabytes, with all that the page needs, which take a moment to hash. */
const reference = Effect.promise(async () => {
  const { dispose, handler } = HttpRouter.toWebHandler(Layer.orDie(scalar), { disableLogger: true })
  const html = await (await handler(new Request("http://localhost/docs"))).text()
  await dispose()
  // It may reach this server alone, and run only what it came with.
  const policy = `script-src ${inlineScriptHashes(html).join(" ")}; style-src 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src blob:`
  return new Answer(200, pageHeaders(policy), html)
}).pipe(Effect.cached, Effect.runSync)

const inlineScriptHashes = (html: string): ReadonlyArray<string> =>
  Array.from(
    html.matchAll(/<script>([\s\S]*?)<\/script>/g),
    ([, source = ""]) => `'sha256-${createHash("sha256").update(source).digest("base64")}'`,
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

const problemPage = ({ params: { code }, state }: Exchange): Answer =>
  code !== undefined && Object.hasOwn(problemTypes, code)
    ? new Answer(200, pageHeaders("style-src 'unsafe-inline'"), explanation(code as ProblemCode))
    : problemAnswer("not_found", state.id)

export const pages: ReadonlyArray<Page> = [
  { path: "/", answer: () => Effect.succeed(new Answer(303, { location: "/docs" })) },
  { path: "/docs", answer: () => reference },
  {
    path: "/openapi.json",
    answer: () => Effect.succeed(new Answer(200, { "content-type": "application/json" }, openApiText)),
  },
  { path: "/problems/:code", answer: (exchange) => Effect.sync(() => problemPage(exchange)) },
]
