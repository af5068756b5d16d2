/** Implements `PasswordResetRepository` on PostgreSQL. */
import { PgClient } from "@effect/sql-pg"
import { Effect, Layer } from "effect"
import { PasswordResetRepository } from "../../application/accounts/passwords/PasswordResetRepository.ts"
import { PasswordReset } from "../../domain/accounts/PasswordReset.ts"
import { statementsOn } from "./client/PostgresStatements.ts"
import { emailedTokensIn } from "./PostgresEmailedTokens.ts"

export const layer: Layer.Layer<PasswordResetRepository, never, PgClient.PgClient> = Layer.effect(
  PasswordResetRepository,
  Effect.map(PgClient.PgClient, (client) =>
    PasswordResetRepository.of(
      emailedTokensIn("password_resets", PasswordReset, statementsOn(client, "password_resets")),
    ),
  ),
)
