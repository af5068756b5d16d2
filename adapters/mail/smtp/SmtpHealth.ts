/** Logs when the mail server is first reached, when it is lost, and when it is back: once each, not for each email. */
import type { Effect } from "effect"
import { makeOutageTracker, type OutageTracker } from "../../telemetry/OutageTracker.ts"

/**
 * The server counts as away from the first email that does not reach it until it takes one, or refuses one. The reasons
 * of failures have codes only.
 */
export const makeSmtpHealth = (where: string): Effect.Effect<OutageTracker> =>
  makeOutageTracker({
    connected: `Connected to the mail server at ${where}.`,
    away: (reason) => `The mail server at ${where} is away (${reason}): emails wait until it is back.`,
    back: (seconds) => `The mail server at ${where} is back after ${seconds} s.`,
  })
