import { createHash } from "node:crypto"
import { Effect, Layer } from "effect"
import { HttpRouter } from "effect/http"
import { HttpApiScalar } from "effect/http-api"
import { Answer, problemAnswer } from "./Answer.ts"
import type { Exchange } from "./Exchange.ts"
import { type Html, html, nothing } from "./pages/Html.ts"
import { pageAnswer } from "./pages/HtmlPage.ts"
import { staticDocument } from "./StaticDocument.ts"
import { Api } from "./v1/Api.ts"
import { openApiText } from "./v1/Document.ts"
import { type ProblemCode, problemTypes } from "./v1/ProblemTypes.ts"

/** A page that anybody may read. */
export interface Page {
  readonly path: `/${string}`
  readonly answer: (exchange: Exchange) => Effect.Effect<Answer>
  /** Whether it is large, so that each address may ask for it only so often. */
  readonly isLarge: boolean
}

const referenceHeaders = (policy: string) => ({
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": `default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; ${policy}`,
  "referrer-policy": "no-referrer",
  "x-frame-options": "DENY",
})

const scalar = HttpApiScalar.layer(Api, {
  path: "/docs",
  scalar: { withDefaultFonts: false, authentication: { preferredSecurityScheme: "bearer" } },
})

/** Three megabytes, with all that the page needs, which take a moment to hash. */
const reference = Effect.promise(async () => {
  const { dispose, handler } = HttpRouter.toWebHandler(Layer.orDie(scalar), { disableLogger: true })
  const text = await (await handler(new Request("http://localhost/docs"))).text()
  await dispose()
  // It may reach this server alone, and run only what it came with.
  const policy = `script-src ${inlineScriptHashes(text).join(" ")}; style-src 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src blob:`
  return new Answer(200, referenceHeaders(policy), text)
})

const inlineScriptHashes = (text: string): ReadonlyArray<string> =>
  Array.from(
    text.matchAll(/<script>([\s\S]*?)<\/script>/g),
    ([, source = ""]) => `'sha256-${createHash("sha256").update(source).digest("base64")}'`,
  )

const problemPage = ({ params: { code }, state }: Exchange): Answer => {
  if (code === undefined || !Object.hasOwn(problemTypes, code)) return problemAnswer("not_found", state.id)
  const { meaning, status, title } = problemTypes[code as ProblemCode]
  return pageAnswer(200, {
    title,
    content: html`<p>${status} <code>${code}</code>: ${withCode(meaning)}</p>
<p><a href="/docs">The reference of the API</a></p>`,
  })
}

/** What stands between backticks is code. */
const withCode = (text: string): Html =>
  text
    .split("`")
    .reduce((all, part, index) => (index % 2 === 0 ? html`${all}${part}` : html`${all}<code>${part}</code>`), nothing)

export const pages: ReadonlyArray<Page> = [
  { path: "/", answer: () => Effect.succeed(new Answer(303, { location: "/docs" })), isLarge: false },
  { path: "/docs", answer: staticDocument(reference), isLarge: true },
  {
    path: "/openapi.json",
    answer: staticDocument(Effect.sync(() => new Answer(200, { "content-type": "application/json" }, openApiText))),
    isLarge: true,
  },
  { path: "/problems/:code", answer: (exchange) => Effect.sync(() => problemPage(exchange)), isLarge: false },
]
