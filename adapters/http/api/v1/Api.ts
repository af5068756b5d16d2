/** Joins the groups of endpoints into one description of the API. */
import { HttpApi, OpenApi } from "effect/http-api"
import { AuthApi, UsersApi } from "./AccountsApi.ts"
import { BatchApi } from "./BatchApi.ts"
import { CategoriesApi } from "./CategoriesApi.ts"
import { ChangesApi } from "./ChangesApi.ts"
import { DiscoveryApi } from "./DiscoveryApi.ts"
import { HistoryApi } from "./HistoryApi.ts"
import { describeDocument } from "./OpenApiDetails.ts"
import { ServiceApi } from "./ServiceApi.ts"
import { TasksApi } from "./TasksApi.ts"
import { TokensApi } from "./TokensApi.ts"
import { TrashApi } from "./TrashApi.ts"

/** Reports every invalid field of a request in one response, and treats an unknown field as invalid. */
export const strictParseOptions = { errors: "all", onExcessProperty: "error" } as const

/**
 * Version 1 of the HTTP API. The server implements it, the client calls it, and the OpenAPI document is generated from
 * it.
 */
export const Api = HttpApi.make("taskwright")
  .add(AuthApi)
  .add(UsersApi)
  .add(TokensApi)
  .add(TasksApi)
  .add(CategoriesApi)
  .add(ChangesApi)
  .add(BatchApi)
  .add(HistoryApi)
  .add(TrashApi)
  .add(ServiceApi)
  .add(DiscoveryApi)
  .annotate(HttpApi.ParamsParseOptions, strictParseOptions)
  .annotate(HttpApi.QueryParseOptions, strictParseOptions)
  .annotate(HttpApi.PayloadParseOptions, strictParseOptions)
  .annotateMerge(
    OpenApi.annotations({
      title: "Taskwright",
      version: "1",
      description:
        "Tasks and categories for many users. Errors are RFC 9457 problems with a stable `code`; `/problems/<code>` explains each.",
      license: { name: "MIT", url: "https://opensource.org/license/mit" },
      servers: [{ url: "/" }],
      transform: describeDocument,
    }),
  )
