/** The calls that create, list and revoke API tokens, and that sign out everywhere. */
import type { ApiToken, ApiTokenName } from "../../../domain/accounts/ApiToken.ts"
import type { ApiTokenNotFound, TooManyApiTokens } from "../../../domain/accounts/ApiTokenErrors.ts"
import type { ApiTokenId } from "../../../domain/accounts/ApiTokenId.ts"
import type { Scope } from "../../../domain/accounts/Scope.ts"
import type { Call } from "./Call.ts"

/** An API token as its user sees it. */
export type OwnToken = Omit<ApiToken, "userId">

/** The calls of a signed-in user. Only a session may make them. */
export interface TokenCalls {
  /** Creates a token, and returns it with its secret. */
  readonly createToken: (input: {
    readonly name: ApiTokenName
    readonly scopes: ReadonlyArray<Scope>
    readonly lifetimeDays: number
  }) => Call<{ readonly token: OwnToken; readonly secret: string }, TooManyApiTokens>
  /** Returns the valid tokens, the newest first. */
  readonly listTokens: Call<ReadonlyArray<OwnToken>>
  readonly revokeToken: (id: ApiTokenId) => Call<void, ApiTokenNotFound>
  /** Revokes all sessions, this one too, and with `withTokens` all API tokens. */
  readonly signOutEverywhere: (withTokens: boolean) => Call<void>
}
