/** Loads the OpenAPI document from the committed file, so that nothing is generated when the service starts. */
import type { Json } from "./OpenApiSchemas.ts"
import document from "./openapi.json" with { type: "json" }

/** The OpenAPI 3.1 document of the API, as `GenerateOpenApi.ts` made it. */
export const openApi: Json = document

/** The text of the document, as it is committed and served. */
export const openApiText = `${JSON.stringify(document, null, 2)}\n`
