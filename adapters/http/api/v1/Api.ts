import { HttpApi, OpenApi } from "effect/http-api"
import { AuthApi, UsersApi } from "./AccountsApi.ts"
import { CategoriesApi } from "./CategoriesApi.ts"
import { describeDocument } from "./OpenApiDetails.ts"
import { ServiceApi } from "./ServiceApi.ts"
import { TasksApi } from "./TasksApi.ts"

/** Input is read whole, so that one answer names every mistake; a field that is not known is one. */
export const strictParseOptions = { errors: "all", onExcessProperty: "error" } as const

/** Version 1 of the HTTP API: what servers implement, clients call, and the OpenAPI document is made from. */
export const Api = HttpApi.make("taskwright")
  .add(AuthApi)
  .add(UsersApi)
  .add(TasksApi)
  .add(CategoriesApi)
  .add(ServiceApi)
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
