/** Formats the log for people on a terminal: an entry is one line, and only a cause takes more. */
import { stripVTControlCharacters, styleText } from "node:util"
import { Cause, Logger, References } from "effect"
import type { LogLevel } from "effect/LogLevel"

type Style = Parameters<typeof styleText>[0]

const levelStyles: Partial<Record<LogLevel, Style>> = { Fatal: "red", Error: "red", Warn: "yellow", Debug: "gray" }

/** Writes entries in one line each, with colours unless the environment disables them (`NO_COLOR`). */
export const terminalLog = (write: (text: string) => void, worker?: number): Logger.Logger<unknown, void> =>
  Logger.make(({ cause, date, fiber, logLevel, message }) => {
    const annotations = { ...fiber.getRef(References.CurrentLogAnnotations), ...(worker !== undefined && { worker }) }
    const time = colorize("gray", timeOfDay(date))
    const level = colorize(levelStyles[logLevel] ?? "green", logLevel.toUpperCase().padEnd(5))
    const entry = requestText(annotations) ?? [textOf(message), ...Object.entries(annotations).map(pairText)].join(" ")
    const details = cause.reasons.length > 0 ? `\n${Cause.pretty(cause)}` : ""
    write(`${time} ${level} ${entry}${details}\n`)
  })

const colorize = (style: Style, text: string): string => styleText(style, text, { stream: process.stdout })

const timeOfDay = (date: Date): string => {
  const part = (value: number, digits = 2) => String(value).padStart(digits, "0")
  return `${part(date.getHours())}:${part(date.getMinutes())}:${part(date.getSeconds())}.${part(date.getMilliseconds(), 3)}`
}

/** The fields of a request's entry that are in the JSON form alone. */
const jsonFields = new Set(["user_id", "session_id", "client_address", "response_bytes", "limited", "span_id"])

/** Returns the summary of a request's entry. */
const requestText = ({
  duration_ms,
  method,
  request_id,
  route,
  status,
  ...others
}: Readonly<Record<string, unknown>>) =>
  method === undefined || status === undefined
    ? null
    : [
        toPlainText(route || method),
        colorize(Number(status) >= 400 ? "yellow" : "green", toPlainText(status)),
        `${toPlainText(duration_ms)} ms`,
        ...Object.entries(others)
          .filter(([name]) => !jsonFields.has(name))
          .map(pairText),
        colorize("gray", toPlainText(request_id ?? "")),
      ].join(" ")

const pairText = ([name, value]: readonly [string, unknown]): string =>
  colorize("gray", `${name}=${typeof value === "string" ? toPlainText(value) : JSON.stringify(value)}`)

const textOf = (message: unknown): string => (Array.isArray(message) ? message : [message]).map(toPlainText).join(" ")

/** Keeps a value on its line, and control characters off the terminal. */
const toPlainText = (value: unknown): string =>
  stripVTControlCharacters(typeof value === "string" ? value : (JSON.stringify(value) ?? "")).replaceAll(
    /\p{Cc}+/gu,
    " ",
  )
