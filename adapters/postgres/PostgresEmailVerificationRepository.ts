/** Implements `EmailVerificationRepository` on PostgreSQL. */
import { PgClient } from "@effect/sql-pg"
import { Effect, Layer } from "effect"
import { EmailVerificationRepository } from "../../application/accounts/email/EmailVerificationRepository.ts"
import { EmailVerification } from "../../domain/accounts/EmailVerification.ts"
import { statementsOn } from "./client/PostgresStatements.ts"
import { emailedTokensIn } from "./PostgresEmailedTokens.ts"

export const layer: Layer.Layer<EmailVerificationRepository, never, PgClient.PgClient> = Layer.effect(
  EmailVerificationRepository,
  Effect.map(PgClient.PgClient, (client) => {
    const database = statementsOn(client, "email_verifications")
    const { remove, replace, take } = emailedTokensIn("email_verifications", EmailVerification, database)
    return EmailVerificationRepository.of({ remove, replace, take })
  }),
)
