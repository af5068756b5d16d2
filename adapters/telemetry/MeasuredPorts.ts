/** Wraps ports, so that their calls are counted. The use cases and the wrapped adapters have no metrics. */
import { Effect, Layer } from "effect"
import { LoginThrottle } from "../../application/accounts/passwords/LoginThrottle.ts"
import { RevokedSessions } from "../../application/accounts/sessions/RevokedSessions.ts"
import { RevokedApiTokens } from "../../application/accounts/tokens/RevokedApiTokens.ts"
import { ExpiredRecords, type RemovedCounts } from "../../application/cleanup/ExpiredRecords.ts"
import { Outbox } from "../../application/outbox/Outbox.ts"
import { type Counter, counter } from "./Metrics.ts"

const loginFailures = counter("taskwright_login_failures_total", "Logins with a wrong password or address.")
const lockouts = counter("taskwright_login_lockouts_total", "Logins that were refused after too many failures.")
const revoked = counter("taskwright_sessions_revoked_total", "Sessions that this process revoked.")
const revokedTokens = counter("taskwright_api_tokens_revoked_total", "API tokens that this process revoked.")
const sent = counter("taskwright_outbox_sent_total", "Emails that were sent, or no longer needed.")
const postponed = counter("taskwright_outbox_postponed_total", "Attempts to send an email that failed.")
const dead = counter("taskwright_outbox_dead_total", "Emails that became dead letters.")

const count = (events: Counter) => Effect.sync(() => events.add(1))

const removals = (kind: string): Counter =>
  counter("taskwright_cleanup_removed_rows_total", "Expired rows that were removed.", { kind })

const removed: Readonly<Record<keyof RemovedCounts, Counter>> = {
  sessions: removals("sessions"),
  revocations: removals("revocations"),
  refreshTokens: removals("refresh_tokens"),
  apiTokens: removals("api_tokens"),
  emailVerifications: removals("email_verifications"),
  passwordResets: removals("password_resets"),
  outgoingEmails: removals("outgoing_emails"),
  tasks: removals("tasks"),
  categories: removals("categories"),
  changes: removals("changes"),
  idempotencyRecords: removals("idempotency_records"),
}

const kinds = Object.keys(removed) as ReadonlyArray<keyof RemovedCounts>

const loginThrottle = Layer.effect(
  LoginThrottle,
  Effect.map(LoginThrottle, (inner) => ({
    ...inner,
    begin: (attempt) => Effect.tapError(inner.begin(attempt), () => count(lockouts)),
    recordFailure: (attempt) => Effect.tap(inner.recordFailure(attempt), count(loginFailures)),
  })),
)

const revokedSessions = Layer.effect(
  RevokedSessions,
  Effect.map(RevokedSessions, (inner) => ({
    ...inner,
    revoke: (sessionId) => Effect.tap(inner.revoke(sessionId), count(revoked)),
  })),
)

const revokedApiTokens = Layer.effect(
  RevokedApiTokens,
  Effect.map(RevokedApiTokens, (inner) => ({
    ...inner,
    revoke: (tokenId) => Effect.tap(inner.revoke(tokenId), count(revokedTokens)),
  })),
)

const outbox = Layer.effect(
  Outbox,
  Effect.map(Outbox, (inner) => ({
    ...inner,
    markSent: (email, at) => Effect.tap(inner.markSent(email, at), count(sent)),
    postpone: (email, until, reason) => Effect.tap(inner.postpone(email, until, reason), count(postponed)),
    markDead: (email, at, reason) => Effect.tap(inner.markDead(email, at, reason), count(dead)),
  })),
)

const expiredRecords = Layer.effect(
  ExpiredRecords,
  Effect.map(ExpiredRecords, (inner) => ({
    ...inner,
    removeBatch: (before, limit, at) =>
      Effect.tap(inner.removeBatch(before, limit, at), (counts) =>
        Effect.sync(() => {
          if (counts !== null) for (const kind of kinds) removed[kind].add(counts[kind])
        }),
      ),
  })),
)

/** Counts what these ports do. It needs the ports that it wraps. */
export const layer = Layer.mergeAll(loginThrottle, revokedSessions, revokedApiTokens, outbox, expiredRecords)
