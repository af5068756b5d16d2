/** The progress bar of exports and imports. */
import { Clock, Effect } from "effect"
import { usualColumns } from "../output/Style.ts"

/** The minimum interval between two updates of the bar, and its width. */
const pauseMillis = 100
const barColumns = 30

/** A bar on standard error, if that is a terminal. It disappears when the scope closes. */
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
      /** Shows the completed share, from 0 to 1 if it is known, and a text. */
      show: (share: number | null, text: string) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) =>
          now - drawnAt < pauseMillis ? Effect.void : draw(`${bar(share)}${text}`),
        ),
      /** Shows the reason of a wait in place of the bar. */
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
