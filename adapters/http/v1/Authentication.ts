import { Context } from "effect"
import { HttpApiMiddleware, HttpApiSecurity, OpenApi } from "effect/http-api"
import type { Identity } from "../../../application/accounts/AccessTokens.ts"
import { EmailNotVerifiedProblem, UnauthorizedProblem } from "./ProblemSchemas.ts"

/** Who makes the request. */
export class CurrentIdentity extends Context.Service<CurrentIdentity, Identity>()("taskwright/http/CurrentIdentity") {}

/** Lets only requests pass that show a good access token, and says whose it is. */
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

/** Lets only users pass whose email address was verified, where the service is set to require that. */
export class VerifiedEmail extends HttpApiMiddleware.Service<VerifiedEmail, { requires: CurrentIdentity }>()(
  "taskwright/http/VerifiedEmail",
  { error: EmailNotVerifiedProblem },
) {}
