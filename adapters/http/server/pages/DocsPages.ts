/** Serves the reference of the API, the OpenAPI document, and a page for each kind of problem. */
import { Effect } from "effect"
import type { Json } from "../../api/v1/OpenApiSchemas.ts"
import { type ProblemCode, problemTypes } from "../../api/v1/ProblemTypes.ts"
import type { RequestContext } from "../request/RequestContext.ts"
import { documentLinks } from "../response/DocumentLinks.ts"
import { HttpResponse, problemResponse } from "../response/HttpResponse.ts"
import { documentUnder } from "../response/PublicPath.ts"
import type { Route, RouteHandler } from "../routing/Route.ts"
import type { HttpSettings } from "../settings/HttpSettings.ts"
import { type Html, html, nothing } from "./Html.ts"
import { htmlResponse } from "./HtmlPage.ts"
import { type Document, staticDocument } from "./StaticDocument.ts"

const problemPage = ({ id, params: { code } }: RequestContext): HttpResponse => {
  if (code === undefined || !Object.hasOwn(problemTypes, code)) return problemResponse("not_found", id)
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

/** Returns the routes of these pages. `limitLarge` limits requests for the large ones, per IP address. */
export const docsPages = (
  { deadlineMillis, publicPath }: HttpSettings,
  limitLarge: (handle: RouteHandler) => RouteHandler,
): ReadonlyArray<Route> => {
  const page = { method: "GET", deadlineMillis } as const
  const largePage = (path: Route["path"], make: Effect.Effect<Document>): Route => ({
    ...page,
    path,
    handle: limitLarge(staticDocument(make)),
    cacheControl: "no-cache",
  })
  // Loaded for the first caller: the document and the reference are a third of the program, and most servers show none.
  const loadDocument = Effect.map(
    Effect.promise(() => import("../../api/v1/OpenApiDocument.ts")),
    ({ openApi }) => documentUnder(openApi, publicPath),
  )
  const loadReference = Effect.flatMap(
    Effect.promise(() => import("./ReferencePage.ts")),
    ({ referencePage }) => Effect.flatMap(loadDocument, referencePage),
  )
  const link = documentLinks(publicPath)
  return [
    { ...page, path: "/", handle: () => Effect.succeed(new HttpResponse(303, { location: "/docs", link })) },
    largePage("/docs", loadReference),
    largePage(
      "/openapi.json",
      Effect.map(loadDocument, (document) => ({
        headers: { "content-type": "application/json" },
        body: textOf(document),
      })),
    ),
    { ...page, path: "/problems/:code", handle: (context) => Effect.sync(() => problemPage(context)) },
  ]
}
