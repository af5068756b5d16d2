import { Clock, Effect } from "effect"

/** How often the bar is drawn at most, and how wide it is. */
const pauseMillis = 100
const barColumns = 30
const usualColumns = 80

/** Shows how far a long piece of work is, on standard error and only where that is a terminal. */
export interface Progress {
  /** How much of the whole is done, from 0 to 1 where that is known, and in words. */
  readonly show: (share: number | null, words: string) => Effect.Effect<void>
  /** Says in the bar's place what is waited for. */
  readonly wait: (seconds: number) => Effect.Effect<void>
}

/** A bar that goes with the scope. */
export const makeProgress = Effect.acquireRelease(
  Effect.sync(() => {
    const { stderr } = process
    const isTerminal = stderr.isTTY === true
    let drawnAt = 0
    const draw = (line: string) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        if (!isTerminal) return
        drawnAt = now
        stderr.write(`\r\u001b[K${line.slice(0, (stderr.columns || usualColumns) - 1)}`)
      })
    return {
      show: (share: number | null, words: string) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) =>
          now - drawnAt < pauseMillis ? Effect.void : draw(`${bar(share)}${words}`),
        ),
      wait: (seconds: number) => draw(`Waiting ${seconds} s for the server's rate limit`),
      erase: draw(""),
    }
  }),
  ({ erase }) => erase,
)

const bar = (share: number | null): string => {
  if (share === null) return ""
  const filled = Math.round(Math.min(share, 1) * barColumns)
  return `[${"#".repeat(filled)}${"-".repeat(barColumns - filled)}] ${String(Math.floor(Math.min(share, 1) * 100)).padStart(3)} %  `
}
