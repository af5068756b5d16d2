import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { EmailAddress } from "../../../domain/accounts/EmailAddress.ts"
import { OfferedPassword, Password } from "../../../domain/accounts/Password.ts"
import { FullName } from "../../../domain/accounts/UserAccount.ts"
import { boundedText } from "../../../domain/shared/Text.ts"
import { Authentication } from "./Authentication.ts"
import { written } from "./Fields.ts"
import {
  EmailTakenProblem,
  InvalidCredentialsProblem,
  InvalidRefreshTokenProblem,
  InvalidVerificationTokenProblem,
  TooManyAttemptsProblem,
  UnauthorizedProblem,
} from "./ProblemSchemas.ts"
import { RequestBody, RequestGate, RequestShape } from "./RequestMiddleware.ts"
import { RegisteredUser, UserResource, UserSummary } from "./UserResource.ts"

const email = written(EmailAddress, {
  description: "At most 254 characters, compared without regard to case.",
  example: "ada@example.com",
  format: "email",
})
/** A token as somebody shows it; what it is worth is not a matter of shape. */
const token = (example: string) => boundedText(1, 4096).annotate({ examples: [example] })

const opaqueExample = "AZOlrZLQfFKNHF8uGnucAXh5emtqSWlsZmNkYmFfXl1cW1pZWFdWVVRTUlFQT05N"
const TokenPairFields = {
  access_token: Schema.String.annotate({
    description: "Show it as `Authorization: Bearer …`. A JWT, good for an hour.",
    examples: ["eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIwMTkzIn0.c2lnbmF0dXJl"],
  }),
  refresh_token: Schema.String.annotate({
    description: "Buys the next pair, once. Good for 7 days.",
    examples: [opaqueExample],
  }),
}

export const RegisterPayload = Schema.Struct({
  email,
  password: written(Password, {
    description: "8 to 128 characters with a lower-case letter, an upper-case letter and a digit.",
    example: "Correct Horse 1",
    format: "password",
  }),
  full_name: written(FullName, { description: "1 to 100 characters after trimming.", example: "Ada Lovelace" }),
}).annotate({ identifier: "Register" })

export const LogInPayload = Schema.Struct({
  email,
  password: written(OfferedPassword, {
    description: "The account's password.",
    example: "Correct Horse 1",
    format: "password",
  }),
}).annotate({ identifier: "LogIn" })

export const RefreshPayload = Schema.Struct({ refresh_token: token(opaqueExample) }).annotate({ identifier: "Refresh" })
export const VerifyEmailPayload = Schema.Struct({ token: token(opaqueExample) }).annotate({ identifier: "VerifyEmail" })
export const ResendVerificationPayload = Schema.Struct({ email }).annotate({ identifier: "ResendVerification" })

const UserAnswer = Schema.Struct({ user: UserResource }).annotate({ identifier: "UserAnswer" })

/** The calls about accounts and sessions. */
export const AuthApi = HttpApiGroup.make("auth")
  .add(
    HttpApiEndpoint.post("register", "/api/v1/auth/register", {
      payload: RegisterPayload,
      success: Schema.Struct({ user: RegisteredUser, ...TokenPairFields })
        .annotate({ identifier: "Registration" })
        .pipe(HttpApiSchema.status(201)),
      error: EmailTakenProblem,
    })
      .middleware(RequestBody)
      .annotateMerge(
        OpenApi.annotations({
          summary: "Register",
          description: "Opens an account, logs in, and sends a mail that asks to verify the address.",
        }),
      ),
    HttpApiEndpoint.post("logIn", "/api/v1/auth/login", {
      payload: LogInPayload,
      success: Schema.Struct({ ...TokenPairFields, user: UserSummary }).annotate({ identifier: "Login" }),
      error: [InvalidCredentialsProblem, TooManyAttemptsProblem],
    })
      .middleware(RequestBody)
      .annotateMerge(
        OpenApi.annotations({
          summary: "Log in",
          description: "Five failures for one address from one IP within 15 minutes lock the pair for 15 minutes.",
        }),
      ),
    HttpApiEndpoint.post("refresh", "/api/v1/auth/refresh", {
      payload: RefreshPayload,
      success: Schema.Struct(TokenPairFields).annotate({ identifier: "TokenPair" }),
      error: InvalidRefreshTokenProblem,
    })
      .middleware(RequestBody)
      .annotateMerge(
        OpenApi.annotations({
          summary: "Refresh",
          description: "Replaces the refresh token. One that was replaced and comes back ends the session.",
        }),
      ),
    HttpApiEndpoint.post("logOut", "/api/v1/auth/logout")
      .middleware(Authentication)
      .annotateMerge(
        OpenApi.annotations({ summary: "Log out", description: "Ends the session of this access token." }),
      ),
    HttpApiEndpoint.post("verifyEmail", "/api/v1/auth/verify-email", {
      payload: VerifyEmailPayload,
      success: UserAnswer,
      error: InvalidVerificationTokenProblem,
    })
      .middleware(RequestBody)
      .annotateMerge(OpenApi.annotations({ summary: "Verify the email address" })),
    HttpApiEndpoint.post("resendVerification", "/api/v1/auth/resend-verification", {
      payload: ResendVerificationPayload,
      success: HttpApiSchema.Accepted,
    })
      .middleware(RequestBody)
      .annotateMerge(
        OpenApi.annotations({
          summary: "Ask for another verification mail",
          description: "The answer is the same whether there is such an account or not.",
        }),
      ),
  )
  .middleware(RequestShape)
  .middleware(RequestGate)
  .annotateMerge(OpenApi.annotations({ title: "Authentication", description: "Accounts and sessions." }))

/** The calls about the user who calls. */
export const UsersApi = HttpApiGroup.make("users")
  .add(
    HttpApiEndpoint.get("getMe", "/api/v1/users/me", {
      success: UserAnswer,
      error: UnauthorizedProblem,
    }).annotateMerge(OpenApi.annotations({ summary: "Who am I?" })),
  )
  .middleware(RequestShape)
  .middleware(Authentication)
  .middleware(RequestGate)
  .annotateMerge(OpenApi.annotations({ title: "Users", description: "Your account." }))
