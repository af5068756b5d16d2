import { OpenApi } from "effect/http-api"
import { Api } from "./Api.ts"

const document = OpenApi.fromApi(Api)

/** The OpenAPI 3.1 document of the API, as it is served and committed. */
export const openApiText = `${JSON.stringify(document, null, 2)}\n`

/** The status with which the document says that a call succeeds. */
export const successStatus = (method: string, path: string): number => {
  const item = document.paths[path.replace(/:(\w+)/g, "{$1}")]
  const statuses = Object.keys(item?.[method.toLowerCase() as "get"]?.responses ?? {})
  return Number(statuses.find((status) => status.startsWith("2")))
}
