/** Lists the routes of the service: every endpoint of the description through the pipeline, and the pages. */
import { Context, Effect } from "effect"
import { type HttpApiEndpoint, type HttpApiGroup, OpenApi } from "effect/http-api"
import { AuthApi, UsersApi } from "../api/v1/AccountsApi.ts"
import { BatchApi } from "../api/v1/BatchApi.ts"
import { CategoriesApi } from "../api/v1/CategoriesApi.ts"
import { ChangesApi } from "../api/v1/ChangesApi.ts"
import { DiscoveryApi } from "../api/v1/DiscoveryApi.ts"
import { HistoryApi } from "../api/v1/HistoryApi.ts"
import { ServiceApi } from "../api/v1/ServiceApi.ts"
import { TasksApi } from "../api/v1/TasksApi.ts"
import { TokensApi } from "../api/v1/TokensApi.ts"
import { TrashApi } from "../api/v1/TrashApi.ts"
import { authHandlers, usersHandlers } from "./handlers/AccountsHandlers.ts"
import { batchHandlers } from "./handlers/BatchHandlers.ts"
import { categoriesHandlers } from "./handlers/CategoriesHandlers.ts"
import { changesHandlers } from "./handlers/ChangesHandlers.ts"
import { discoveryHandlers, type StartingPoint } from "./handlers/DiscoveryHandlers.ts"
import { type AnyHandler, type AnyMutationHandler, makeEndpointHandler } from "./handlers/EndpointHandler.ts"
import type { Handlers } from "./handlers/Handlers.ts"
import { historyHandlers } from "./handlers/HistoryHandlers.ts"
import { makeKeptPages } from "./handlers/KeptPages.ts"
import { makeRunMutation } from "./handlers/RunMutation.ts"
import { serviceHandlers } from "./handlers/ServiceHandlers.ts"
import { tasksHandlers } from "./handlers/TasksHandlers.ts"
import { tokensHandlers } from "./handlers/TokensHandlers.ts"
import { trashHandlers } from "./handlers/TrashHandlers.ts"
import { mcpRoutes } from "./mcp/McpRoutes.ts"
import { makePipeline } from "./middleware/Pipeline.ts"
import { makeDocumentLimit } from "./middleware/RateLimit.ts"
import { docsPages } from "./pages/DocsPages.ts"
import { tokenPages } from "./pages/TokenPages.ts"
import type { Route } from "./routing/Route.ts"
import { HttpSettings } from "./settings/HttpSettings.ts"

/** The groups with the resources of a user. */
const described = [AuthApi, UsersApi, TasksApi, CategoriesApi, ChangesApi, HistoryApi, TrashApi]

/** Returns the resources under `/api/v1` that can be read without an id, in the order of the description. */
const startingPointsOf = (groups: ReadonlyArray<HttpApiGroup.Constraint>): ReadonlyArray<StartingPoint> =>
  groups
    .flatMap(({ endpoints }) => Object.values(endpoints as Record<string, HttpApiEndpoint.Top>))
    .filter(({ method, path }) => method === "GET" && path.startsWith("/api/v1/") && !path.includes(":"))
    .map(({ annotations, path }) => ({
      path,
      title: Context.getOrUndefined(annotations, OpenApi.Summary) ?? path,
    }))

export const makeServiceRoutes = Effect.gen(function* () {
  const settings = yield* HttpSettings
  const { deadlineMillis } = settings
  const pipeline = yield* makePipeline
  const keptPages = makeKeptPages()
  const runMutation = makeRunMutation(keptPages.forget)

  const routesOf = <Group extends HttpApiGroup.Constraint>(
    group: Group,
    handlers: Handlers<Group>,
  ): ReadonlyArray<Route> =>
    Object.entries(group.endpoints as Record<string, HttpApiEndpoint.Top>).map(([name, endpoint]) => {
      // The type of `handlers` has checked each against its endpoint.
      const ready = makeEndpointHandler(endpoint, handlers[name] as AnyHandler | AnyMutationHandler, runMutation)
      return {
        method: endpoint.method,
        path: endpoint.path as `/${string}`,
        handle: (context) => pipeline(ready, context),
        deadlineMillis,
      }
    })

  return [
    ...routesOf(AuthApi, authHandlers),
    ...routesOf(UsersApi, usersHandlers),
    ...routesOf(TokensApi, tokensHandlers),
    ...routesOf(TasksApi, tasksHandlers(keptPages)),
    ...routesOf(CategoriesApi, categoriesHandlers),
    ...routesOf(ChangesApi, yield* changesHandlers),
    ...routesOf(BatchApi, batchHandlers),
    ...routesOf(HistoryApi, historyHandlers),
    ...routesOf(TrashApi, trashHandlers),
    ...routesOf(ServiceApi, yield* serviceHandlers),
    ...routesOf(DiscoveryApi, discoveryHandlers(settings, startingPointsOf(described))),
    ...(yield* mcpRoutes(pipeline)),
    ...tokenPages(pipeline, deadlineMillis),
    ...docsPages(settings, yield* makeDocumentLimit),
  ]
})
