/** The use case that creates an API token. */
import { Effect, Schema } from "effect"
import { AccountNotFound } from "../../../domain/accounts/AccountErrors.ts"
import * as ApiToken from "../../../domain/accounts/ApiToken.ts"
import { TooManyApiTokens } from "../../../domain/accounts/ApiTokenErrors.ts"
import { ApiTokenId } from "../../../domain/accounts/ApiTokenId.ts"
import { Scopes } from "../../../domain/accounts/Scope.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { audit } from "../../audit/Audit.ts"
import { IdGenerator } from "../../shared/IdGenerator.ts"
import { now } from "../../shared/Now.ts"
import { UnitOfWork } from "../../shared/UnitOfWork.ts"
import { useCase } from "../../shared/UseCase.ts"
import { AccountRepository } from "../AccountRepository.ts"
import { ApiTokenRepository } from "./ApiTokenRepository.ts"
import { ApiTokenSecrets } from "./ApiTokenSecrets.ts"

export const CreateApiToken = Schema.Struct({
  userId: UserId,
  name: ApiToken.ApiTokenName,
  scopes: Scopes,
  lifetimeDays: ApiToken.LifetimeDays,
})
export interface CreateApiToken extends Schema.Schema.Type<typeof CreateApiToken> {}

/**
 * Creates a token of the user, and returns it with its secret. Only the secret's hash is stored, so
 * the secret cannot be shown again. Fails with `TooManyApiTokens` if the user has 50 valid ones, and with `AccountNotFound` if the
 * account was deleted or disabled.
 */
export const createApiToken = useCase("createApiToken")(function* (command: CreateApiToken) {
  const accounts = yield* AccountRepository
  const tokens = yield* ApiTokenRepository
  const ids = yield* IdGenerator
  const secrets = yield* ApiTokenSecrets
  const { atomically } = yield* UnitOfWork
  const { lifetimeDays, userId, ...fields } = command
  const { hash, prefix, secret } = yield* secrets.make
  const id = yield* ids.next(ApiTokenId)
  const token = yield* atomically(
    Effect.gen(function* () {
      // The lock makes concurrent requests count one after the other.
      const { disabledAt } = yield* accounts.getForUpdate(userId)
      if (disabledAt !== null) return yield* new AccountNotFound({ userId })
      const at = yield* now
      const limit = ApiToken.maxApiTokens
      if ((yield* tokens.list(userId, at)).length >= limit) return yield* new TooManyApiTokens({ limit })
      const token = ApiToken.issue({ ...fields, id, userId, prefix }, lifetimeDays, at)
      yield* tokens.insert(token, hash)
      return token
    }),
  )
  yield* audit({ event: "api_token.created", userId, tokenId: id, scopes: token.scopes })
  return { token, secret }
})
