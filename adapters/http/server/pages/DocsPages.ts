/** Serves the reference of the API, the OpenAPI document, and a page for each kind of problem. */
import { Effect } from "effect"
import { openApi } from "../../api/v1/OpenApiDocument.ts"
import type { Json } from "../../api/v1/OpenApiSchemas.ts"
import { type ProblemCode, problemTypes } from "../../api/v1/ProblemTypes.ts"
import { HttpResponse, problemResponse } from "../response/HttpResponse.ts"
import { documentUnder } from "../response/PublicPath.ts"
import type { Exchange } from "../routing/Route.ts"
import { type Html, html, nothing } from "./Html.ts"
import { htmlResponse } from "./HtmlPage.ts"
import { referencePage } from "./ReferencePage.ts"
import { staticDocument } from "./StaticDocument.ts"

/** A public page. */
export interface Page {
  readonly path: `/${string}`
  readonly answer: (exchange: Exchange) => Effect.Effect<HttpResponse>
  /** Whether the page is large, so that requests for it are limited per IP address. */
  readonly isLarge: boolean
}

const problemPage = ({ params: { code }, state }: Exchange): HttpResponse => {
  if (code === undefined || !Object.hasOwn(problemTypes, code)) return problemResponse("not_found", state.id)
  const { meaning, status, title } = problemTypes[code as ProblemCode]
  return htmlResponse(200, {
    title,
    content: html`<p>${status} <code>${code}</code>: ${withCode(meaning)}</p>
<p><a href="../docs">The reference of the API</a></p>`,
  })
}

/** Marks up text between backticks as code. */
const withCode = (text: string): Html =>
  text
    .split("`")
    .reduce((all, part, index) => (index % 2 === 0 ? html`${all}${part}` : html`${all}<code>${part}</code>`), nothing)

const textOf = (document: Json): string => `${JSON.stringify(document, null, 2)}\n`

/** Returns the pages of a service that is published under the path. */
export const makePages = (publicPath: string): ReadonlyArray<Page> => {
  const document = documentUnder(openApi, publicPath)
  return [
    { path: "/", answer: () => Effect.succeed(new HttpResponse(303, { location: "/docs" })), isLarge: false },
    { path: "/docs", answer: staticDocument(referencePage(document)), isLarge: true },
    {
      path: "/openapi.json",
      answer: staticDocument(
        Effect.sync(() => new HttpResponse(200, { "content-type": "application/json" }, textOf(document))),
      ),
      isLarge: true,
    },
    { path: "/problems/:code", answer: (exchange) => Effect.sync(() => problemPage(exchange)), isLarge: false },
  ]
}
