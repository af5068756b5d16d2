/** Marks the endpoints that need an access token, and describes the token. */
import { Context } from "effect"
import { HttpApiMiddleware, HttpApiSecurity, OpenApi } from "effect/http-api"
import type { Identity } from "../../../../domain/accounts/Identity.ts"
import { UnauthorizedProblem } from "./ProblemSchemas.ts"

/** The identity that makes the request. */
export class CurrentIdentity extends Context.Service<CurrentIdentity, Identity>()("taskwright/http/CurrentIdentity") {}

/** Marks the endpoints that need a valid access token. `Pipeline.ts` enforces it. */
export class Authentication extends HttpApiMiddleware.Service<Authentication, { provides: CurrentIdentity }>()(
  "taskwright/http/Authentication",
  {
    error: UnauthorizedProblem,
    security: {
      bearer: HttpApiSecurity.bearer.pipe(
        HttpApiSecurity.annotate(OpenApi.Description, "The `access_token` of a registration, a login or a refresh."),
        HttpApiSecurity.annotate(OpenApi.Format, "JWT"),
      ),
    },
  },
) {}
