/** Marks the endpoints that need an access token, and describes the token. */
import { HttpApiMiddleware, HttpApiSecurity, OpenApi } from "effect/http-api"
import { UnauthorizedProblem } from "./ProblemSchemas.ts"

/** Marks the endpoints that need a valid access token or API token. `Pipeline.ts` enforces it. */
export class Authentication extends HttpApiMiddleware.Service<Authentication>()("taskwright/http/Authentication", {
  error: UnauthorizedProblem,
  security: {
    bearer: HttpApiSecurity.bearer.pipe(
      HttpApiSecurity.annotate(
        OpenApi.Description,
        "The `access_token` of a registration, a login or a refresh: a JWT, which may call everything. Or the secret of an API token (`twk_…`), which may call what its scopes allow. `x-required-scope` of an operation names its scope.",
      ),
      HttpApiSecurity.annotate(OpenApi.Format, "JWT or API token"),
    ),
  },
}) {}
