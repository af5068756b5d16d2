/** The result of one check of a set-up, which every adapter makes of what it knows. */
import { Duration, Effect } from "effect"

export interface Finding {
  readonly check: string
  readonly status: "ok" | "warning" | "failed"
  /** One line without secrets. It ends with what to do, unless the status is `ok`. */
  readonly message: string
}

const finding =
  (status: Finding["status"]) =>
  (check: string, message: string): Finding => ({ check, status, message: message.replaceAll(/\s+/g, " ").trim() })

export const ok = finding("ok")
export const warning = finding("warning")
export const failed = finding("failed")

const limitMillis = 5_000

/** Bounds the wait of a check, which then fails with the advice. */
export const withinLimit =
  (check: string, advice: string, millis = limitMillis) =>
  <E, R>(findings: Effect.Effect<ReadonlyArray<Finding>, E, R>): Effect.Effect<ReadonlyArray<Finding>, E, R> =>
    Effect.timeoutOrElse(findings, {
      duration: Duration.millis(millis),
      orElse: () => Effect.succeed([failed(check, `no answer within ${millis / 1000} s. ${advice}`)]),
    })

/** From this difference on, in milliseconds, the result of comparing two clocks is a warning. */
const remarkableMillis = 5_000

/** Compares this machine's clock with another one. Its time was read between the two times of this machine. */
export const clockFinding = (
  check: string,
  time: number,
  { before, after }: { readonly before: number; readonly after: number },
): Finding => {
  const difference = time < before ? before - time : time > after ? time - after : 0
  const text = `the clocks differ by ${(difference / 1000).toFixed(1)} s`
  return difference > remarkableMillis
    ? warning(check, `${text}. Synchronize both machines, for example with chrony.`)
    : ok(check, text)
}
