/** The case of one setting, and how cases of durations and of whole numbers are made. */
import type { Settings } from "../../../../bootstrap/settings/Settings.ts"

export interface Case {
  readonly setting: string
  /** The value that the setting determines. */
  readonly of: (settings: Settings) => unknown
  readonly byDefault: unknown
  readonly good: ReadonlyArray<readonly [text: string, value: unknown]>
  readonly malformed: ReadonlyArray<string>
  /** Other settings that must be given for it to have an effect. */
  readonly given?: Record<string, string>
}

export const duration = (
  setting: string,
  of: Case["of"],
  byDefault: number,
  tooShort: string,
  tooLong: string,
): Case => ({
  setting,
  of,
  byDefault,
  good: [
    ["60 seconds", 60_000],
    ["1 minute", 60_000],
    ["2 minutes", 120_000],
    ["1 second", 1000],
  ],
  malformed: [
    "1h",
    "60",
    "soon",
    "1 fortnight",
    "Infinity",
    "-1 second",
    "1 nanosecond",
    tooShort,
    tooLong,
    "NaN days",
  ],
})

export const number = (setting: string, of: Case["of"], byDefault: number, least: number, most: number): Case => ({
  setting,
  of,
  byDefault,
  good: [
    [String(least), least],
    [String(most), most],
    [` ${least} `, least],
  ],
  malformed: [String(least - 1), String(most + 1), "x", "1.5", "1e1", "0x10", "99999999999999999999", "1 2"],
})
