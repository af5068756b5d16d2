/** The colours and the width of the output. */
import { Clock, Effect, Terminal } from "effect"
import { TerminalCapabilities } from "effect/cli"
import type { SeenFrom } from "./Dates.ts"

type Paint = (text: string) => string

/** The style of the output. Without colours every paint returns the text unchanged. */
export interface Style extends SeenFrom {
  /** The columns of the terminal; null if the output is no terminal, and then nothing is truncated. */
  readonly width: number | null
  readonly bold: Paint
  readonly dim: Paint
  readonly red: Paint
  readonly green: Paint
  readonly yellow: Paint
}

/** The width of a terminal that does not report one. */
export const usualColumns = 80

const none: Paint = (text) => text
const paint =
  (code: number): Paint =>
  (text) =>
    text === "" ? "" : `\u001b[${code}m${text}\u001b[0m`

export const makeStyle = (options: {
  readonly canColor: boolean
  readonly width: number | null
  readonly now: Date
}): Style => ({
  width: options.width,
  now: options.now,
  bold: options.canColor ? paint(1) : none,
  dim: options.canColor ? paint(2) : none,
  red: options.canColor ? paint(31) : none,
  green: options.canColor ? paint(32) : none,
  yellow: options.canColor ? paint(33) : none,
})

/** The style of standard output: colours on a terminal alone, and none if `NO_COLOR` is set. */
export const style = Effect.gen(function* () {
  const { canAnimate, canColor } = yield* TerminalCapabilities.TerminalCapabilities
  const terminal = yield* Terminal.Terminal
  const columns = yield* terminal.columns
  const now = new Date(yield* Clock.currentTimeMillis)
  return makeStyle({ canColor, width: canAnimate || columns > 0 ? columns || usualColumns : null, now })
})
