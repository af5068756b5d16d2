import { Layer } from "effect"
import { HttpRouter } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import type { Ports } from "../../application/Ports.ts"
import type { Address } from "./Addresses.ts"
import * as Authentication from "./Authentication.ts"
import * as CrossOrigin from "./CrossOrigin.ts"
import * as DocsPages from "./DocsPages.ts"
import * as Edge from "./Edge.ts"
import type { Readiness } from "./Readiness.ts"
import * as RequestBody from "./RequestBody.ts"
import * as RequestGate from "./RequestGate.ts"
import * as RequestShape from "./RequestShape.ts"
import * as AccountsHandlers from "./v1/AccountsHandlers.ts"
import { Api } from "./v1/Api.ts"
import * as CategoriesHandlers from "./v1/CategoriesHandlers.ts"
import * as ServiceHandlers from "./v1/ServiceHandlers.ts"
import * as TasksHandlers from "./v1/TasksHandlers.ts"

const endpointAddresses: ReadonlyArray<Address> = Object.values(Api.groups).flatMap((group) =>
  Object.values(group.endpoints).map(({ method, path }) => ({ method, path })),
)

const handlers = Layer.mergeAll(
  AccountsHandlers.layer,
  CategoriesHandlers.layer,
  ServiceHandlers.layer,
  TasksHandlers.layer,
)

const stages = Layer.mergeAll(
  Authentication.authentication,
  Authentication.verifiedEmail,
  RequestBody.layer,
  RequestGate.layer,
  RequestShape.layer,
)

/** All routes of the service with the edge around them; what the use cases need is asked for once, here. */
export const routes = <E, R>(ports: Layer.Layer<Ports | Readiness, E, R>) =>
  Layer.mergeAll(HttpApiBuilder.layer(Api).pipe(Layer.provide(handlers), Layer.provide(stages)), DocsPages.layer).pipe(
    HttpRouter.provideRequest(ports),
    Layer.provide(ports),
    Layer.provide(CrossOrigin.layer),
    // Last, and so around all the others.
    Layer.provide(Edge.layer([...endpointAddresses, ...DocsPages.addresses])),
  )
