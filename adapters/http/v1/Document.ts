import { OpenApi } from "effect/http-api"
import { Api } from "./Api.ts"

/** The OpenAPI 3.1 document of the API, as it is served and committed. */
export const openApiText = `${JSON.stringify(OpenApi.fromApi(Api), null, 2)}\n`
