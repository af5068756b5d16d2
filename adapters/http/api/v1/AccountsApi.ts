/** Describes the endpoints of `/api/v1/auth` and `/api/v1/users`, with the schemas of their bodies. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { EmailAddress } from "../../../../domain/accounts/EmailAddress.ts"
import { Password, SubmittedPassword } from "../../../../domain/accounts/Password.ts"
import { SessionId } from "../../../../domain/accounts/SessionId.ts"
import { FullName } from "../../../../domain/accounts/UserAccount.ts"
import { BoundedText } from "../../../../domain/shared/Text.ts"
import { Authentication } from "./Authentication.ts"
import {
  allowTokens,
  IdempotencyKeyRefused,
  publicProblems,
  RateLimited,
  sessionProblems,
  Validated,
} from "./EndpointTags.ts"
import {
  EmailTakenProblem,
  IdempotencyKeyNotSupportedProblem,
  InvalidCredentialsProblem,
  InvalidRefreshTokenProblem,
  InvalidResetTokenProblem,
  InvalidVerificationTokenProblem,
  MalformedJsonProblem,
  NotFoundProblem,
  SessionNotFoundProblem,
  TooManyAttemptsProblem,
  ValidationFailedProblem,
} from "./ProblemSchemas.ts"
import { describeEncoded, sessionIdExample } from "./SchemaAnnotations.ts"
import { SessionResource } from "./SessionResource.ts"
import { RegisteredUser, UserResource, UserSummary } from "./UserResource.ts"

const email = describeEncoded(EmailAddress, {
  description: "At most 254 characters, compared without regard to case.",
  example: "ada@example.com",
  format: "email",
})
const newPassword = describeEncoded(Password, {
  description: "8 to 128 characters with a lower-case letter, an upper-case letter and a digit; none of the most used.",
  example: "Correct Horse 1",
  format: "password",
})
const password = describeEncoded(SubmittedPassword, {
  description: "The account's password.",
  example: "Correct Horse 1",
  format: "password",
})
/**
 * Its example differs from a new account's password, so that running the examples cannot delete an account they made.
 */
const currentPassword = describeEncoded(SubmittedPassword, {
  description: "The account's password.",
  example: "Your password 1",
  format: "password",
})
const fullName = describeEncoded(FullName, {
  description: "One line of 1 to 100 characters after trimming, kept in NFC.",
  example: "Ada Lovelace",
})
/** A token as the client presents it. The schema checks its length alone; the use case checks whether it is valid. */
const token = (example: string) => BoundedText(1, 4096).annotate({ examples: [example] })

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
  password: newPassword,
  full_name: fullName,
}).annotate({ identifier: "RegisterRequest" })

export const LogInPayload = Schema.Struct({ email, password }).annotate({ identifier: "LogInRequest" })

export const RefreshPayload = Schema.Struct({ refresh_token: token(opaqueExample) }).annotate({
  identifier: "RefreshRequest",
})
export const VerifyEmailPayload = Schema.Struct({ token: token(opaqueExample) }).annotate({
  identifier: "VerifyEmailRequest",
})
export const ForgotPasswordPayload = Schema.Struct({ email }).annotate({ identifier: "ForgotPasswordRequest" })
export const ResetPasswordPayload = Schema.Struct({ token: token(opaqueExample), password: newPassword }).annotate({
  identifier: "ResetPasswordRequest",
})
export const ChangePasswordPayload = Schema.Struct({
  current_password: currentPassword,
  new_password: newPassword,
}).annotate({ identifier: "ChangePasswordRequest" })
export const RenamePayload = Schema.Struct({ full_name: fullName }).annotate({ identifier: "UpdateMeRequest" })
export const DeleteAccountPayload = Schema.Struct({ password: currentPassword }).annotate({
  identifier: "DeleteAccountRequest",
})
export const ResendVerificationPayload = Schema.Struct({ email }).annotate({ identifier: "ResendVerificationRequest" })

const UserResponse = Schema.Struct({ user: UserResource }).annotate({ identifier: "UserResponse" })

const sessionId = describeEncoded(SessionId, {
  description: "The session's id.",
  example: sessionIdExample,
  format: "uuid",
})

export const SignOutParameters = Schema.Struct({
  tokens: Schema.optionalKey(
    Schema.Literals(["true", "false"]).annotate({
      description: "Whether to revoke your API tokens, too (default `false`).",
      examples: ["false"],
    }),
  ),
})

/** The problems of endpoints that refuse `Idempotency-Key`. */
const authProblems = [IdempotencyKeyNotSupportedProblem, ...publicProblems] as const
const authSessionProblems = [IdempotencyKeyNotSupportedProblem, ...sessionProblems] as const

/** The endpoints for accounts and sessions. */
export const AuthApi = HttpApiGroup.make("auth")
  .add(
    HttpApiEndpoint.post("register", "/api/v1/auth/register", {
      payload: RegisterPayload,
      success: Schema.Struct({ user: RegisteredUser, ...TokenPairFields })
        .annotate({ identifier: "RegisterResponse" })
        .pipe(HttpApiSchema.status(201)),
      error: [EmailTakenProblem, ValidationFailedProblem, MalformedJsonProblem, ...authProblems],
    }).annotateMerge(
      OpenApi.annotations({
        summary: "Register",
        description: "Opens an account, logs in, and sends a mail that asks to verify the address.",
      }),
    ),
    HttpApiEndpoint.post("logIn", "/api/v1/auth/login", {
      payload: LogInPayload,
      success: Schema.Struct({ ...TokenPairFields, user: UserSummary }).annotate({ identifier: "LogInResponse" }),
      error: [InvalidCredentialsProblem, TooManyAttemptsProblem, MalformedJsonProblem, ...authProblems],
    }).annotateMerge(
      OpenApi.annotations({
        summary: "Log in",
        description: "Five failures for one address from one IP within 15 minutes lock the pair for 15 minutes.",
      }),
    ),
    HttpApiEndpoint.post("refresh", "/api/v1/auth/refresh", {
      payload: RefreshPayload,
      success: Schema.Struct(TokenPairFields).annotate({ identifier: "TokenPair" }),
      error: [InvalidRefreshTokenProblem, MalformedJsonProblem, ...authProblems],
    }).annotateMerge(
      OpenApi.annotations({
        summary: "Refresh",
        description: "Replaces the refresh token. One that was replaced and comes back ends the session.",
      }),
    ),
    HttpApiEndpoint.post("logOut", "/api/v1/auth/logout", { error: authSessionProblems })
      .middleware(Authentication)
      .annotateMerge(allowTokens("session"))
      .annotateMerge(
        OpenApi.annotations({ summary: "Log out", description: "Ends the session of this access token." }),
      ),
    HttpApiEndpoint.post("verifyEmail", "/api/v1/auth/verify-email", {
      payload: VerifyEmailPayload,
      success: UserResponse,
      error: [InvalidVerificationTokenProblem, MalformedJsonProblem, ...authProblems],
    }).annotateMerge(OpenApi.annotations({ summary: "Verify the email address" })),
    HttpApiEndpoint.post("resendVerification", "/api/v1/auth/resend-verification", {
      payload: ResendVerificationPayload,
      success: HttpApiSchema.Accepted,
      error: [MalformedJsonProblem, ...authProblems],
    }).annotateMerge(
      OpenApi.annotations({
        summary: "Ask for another verification mail",
        description: "The answer is the same whether there is such an account or not.",
      }),
    ),
    HttpApiEndpoint.post("forgotPassword", "/api/v1/auth/forgot-password", {
      payload: ForgotPasswordPayload,
      success: HttpApiSchema.Accepted,
      error: [MalformedJsonProblem, ...authProblems],
    }).annotateMerge(
      OpenApi.annotations({
        summary: "Ask for a mail to reset the password",
        description: "The answer is the same whether there is such an account or not.",
      }),
    ),
    HttpApiEndpoint.post("resetPassword", "/api/v1/auth/reset-password", {
      payload: ResetPasswordPayload,
      error: [InvalidResetTokenProblem, ValidationFailedProblem, MalformedJsonProblem, ...authProblems],
    }).annotateMerge(
      OpenApi.annotations({ summary: "Reset the password", description: "Ends every session of the account." }),
    ),
    HttpApiEndpoint.post("changePassword", "/api/v1/auth/change-password", {
      payload: ChangePasswordPayload,
      error: [
        InvalidCredentialsProblem,
        TooManyAttemptsProblem,
        ValidationFailedProblem,
        MalformedJsonProblem,
        ...authSessionProblems,
      ],
    })
      .middleware(Authentication)
      .annotateMerge(allowTokens("session"))
      .annotateMerge(
        OpenApi.annotations({
          summary: "Change the password",
          description: "Ends your other sessions. Wrong passwords count as failed logins.",
        }),
      ),
    HttpApiEndpoint.get("listSessions", "/api/v1/auth/sessions", {
      success: Schema.Struct({ data: Schema.Array(SessionResource) }).annotate({ identifier: "SessionList" }),
      error: authSessionProblems,
    })
      .middleware(Authentication)
      .annotateMerge(allowTokens("session"))
      .annotateMerge(
        OpenApi.annotations({
          summary: "List sessions",
          description: "Where you are logged in: this session first, then the 100 others that were last used.",
        }),
      ),
    HttpApiEndpoint.delete("signOutEverywhere", "/api/v1/auth/sessions", {
      query: SignOutParameters,
      error: authSessionProblems,
    })
      .middleware(Authentication)
      .annotateMerge(allowTokens("session"))
      .annotateMerge(
        OpenApi.annotations({
          summary: "Sign out everywhere",
          description: "Ends all your sessions, this one too. Your API tokens stay, unless you say `tokens=true`.",
        }),
      ),
    HttpApiEndpoint.delete("endSession", "/api/v1/auth/sessions/:session_id", {
      params: { session_id: sessionId },
      error: [SessionNotFoundProblem, NotFoundProblem, ...authSessionProblems],
    })
      .middleware(Authentication)
      .annotateMerge(allowTokens("session"))
      .annotateMerge(
        OpenApi.annotations({ summary: "End a session", description: "Its tokens are good for nothing from then on." }),
      ),
  )
  .annotateEndpoints(Validated, true)
  .annotateEndpoints(IdempotencyKeyRefused, true)
  .annotateEndpoints(RateLimited, true)
  .annotateMerge(OpenApi.annotations({ title: "Authentication", description: "Accounts and sessions." }))

/** The endpoints for the caller's own account. */
export const UsersApi = HttpApiGroup.make("users")
  .add(
    HttpApiEndpoint.get("getMe", "/api/v1/users/me", {
      success: UserResponse,
      error: sessionProblems,
    }).annotateMerge(OpenApi.annotations({ summary: "Get your account" })),
    HttpApiEndpoint.patch("updateMe", "/api/v1/users/me", {
      payload: RenamePayload,
      success: UserResponse,
      error: [MalformedJsonProblem, ...sessionProblems],
    }).annotateMerge(OpenApi.annotations({ summary: "Change your name" })),
    HttpApiEndpoint.delete("deleteAccount", "/api/v1/users/me", {
      payload: DeleteAccountPayload,
      error: [InvalidCredentialsProblem, TooManyAttemptsProblem, MalformedJsonProblem, ...sessionProblems],
    }).annotateMerge(
      OpenApi.annotations({
        summary: "Delete your account",
        description: "Account, tasks, categories and sessions are gone for good.",
      }),
    ),
  )
  .annotateEndpoints(Validated, true)
  .annotateEndpointsMerge(allowTokens("session"))
  .middleware(Authentication)
  .annotateEndpoints(RateLimited, true)
  .annotateMerge(OpenApi.annotations({ title: "Users", description: "Your account." }))
