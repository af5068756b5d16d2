/** Logs when the mail server is first reached, when it is lost, and when it is back: once each, not for each email. */
import { Effect } from "effect"

export interface SmtpHealth {
  /** Records that an email could not reach the server. The reason has codes only. */
  readonly recordFailure: (reason: string) => void
  /** Records that the server took an email, or refused it. */
  readonly recordSuccess: () => void
}

/** The server counts as unavailable from the first email that does not reach it until one does. */
export const makeSmtpHealth = (where: string): Effect.Effect<SmtpHealth> =>
  Effect.gen(function* () {
    // The lines are about the server, so they have no annotations of the email that found out.
    const log = Effect.runForkWith(yield* Effect.context<never>())
    let state: "starting" | "up" | "unavailable" = "starting"
    let unavailableSince = 0
    return {
      recordFailure: (reason) => {
        if (state === "unavailable") return
        state = "unavailable"
        unavailableSince = performance.now()
        log(Effect.logWarning(`The mail server at ${where} is away (${reason}): emails wait until it is back.`))
      },
      recordSuccess: () => {
        if (state === "up") return
        const seconds = ((performance.now() - unavailableSince) / 1000).toFixed(1)
        log(
          Effect.logInfo(
            state === "unavailable"
              ? `The mail server at ${where} is back after ${seconds} s.`
              : `Connected to the mail server at ${where}.`,
          ),
        )
        state = "up"
      },
    }
  })
