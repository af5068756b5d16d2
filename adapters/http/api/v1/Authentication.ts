/** Marks the endpoints that need an access token, and describes the token. */
import { HttpApiMiddleware, HttpApiSecurity, OpenApi } from "effect/http-api"
import { UnauthorizedProblem } from "./ProblemSchemas.ts"

/** Marks the endpoints that need a valid access token. `Pipeline.ts` enforces it. */
export class Authentication extends HttpApiMiddleware.Service<Authentication>()("taskwright/http/Authentication", {
  error: UnauthorizedProblem,
  security: {
    bearer: HttpApiSecurity.bearer.pipe(
      HttpApiSecurity.annotate(OpenApi.Description, "The `access_token` of a registration, a login or a refresh."),
      HttpApiSecurity.annotate(OpenApi.Format, "JWT"),
    ),
  },
}) {}
