/** Generates the OpenAPI document from the description of the API and from the guide. */
import { OpenApi } from "effect/http-api"
import { Api } from "./Api.ts"
import { withGuide } from "./OpenApiGuide.ts"

/** Returns the text of `openapi.json`: the OpenAPI 3.1 document of the API, with the guide's text in it. */
export const generateDocument = (guide: string): string =>
  `${JSON.stringify(withGuide({ ...OpenApi.fromApi(Api) }, guide), null, 2)}\n`
