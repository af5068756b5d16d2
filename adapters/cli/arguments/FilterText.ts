/**
 * Reads filters of tasks as the command takes them: in the API's language, but a date can be any that the command reads, such
 * as `due<fri`. The command then writes it as the API does.
 */
import { Clock, DateTime, Effect, Result } from "effect"
import * as Calendar from "../../../domain/shared/Calendar.ts"
import { fromMillis } from "../../../domain/shared/Timestamp.ts"
import { utc, zoneOf } from "../../../domain/tasks/FilterDates.ts"
import type { InvalidFilter } from "../../../domain/tasks/FilterErrors.ts"
import { maxFilterTerms, parseFilter } from "../../../domain/tasks/FilterParser.ts"
import { hasKind } from "../../../domain/tasks/TaskFilter.ts"
import { parseDate } from "../dates/DateGrammar.ts"
import { localZone } from "../dates/LocalZone.ts"
import { resolveDate, type SeenFrom } from "../dates/ResolveDate.ts"

/** A filter that the API reads. */
export interface FilterText {
  readonly filter: string
  /** The IANA name of the local time zone. */
  readonly timeZone: string
  /** Whether it says something of the status. */
  readonly namesStatus: boolean
}

/** Returns the filter with the dates that only the command knows written as the API reads them. */
export const readFilter = Effect.fnUntraced(function* (text: string) {
  const zone = yield* localZone
  const now = yield* Clock.currentTimeMillis
  const timeZone = apiZone(zone)
  let filter = text
  // Each turn writes one date. There are no more dates than terms.
  for (let turn = 0; ; turn++) {
    const parsed = parseFilter(filter, {
      now: fromMillis(now),
      zone: Result.getOrElse(zoneOf(timeZone), () => utc),
    })
    if (Result.isSuccess(parsed)) {
      return { filter, timeZone, namesStatus: hasKind(parsed.success.filter, "status") } satisfies FilterText
    }
    const written = turn < maxFilterTerms ? writeDate(filter, parsed.failure, { now, zone }) : null
    if (written === null) return yield* parsed.failure
    filter = written
  }
})

/** The runtime names a zone without a place by its offset, which is no name of a zone. */
const offsetZone = /^(?<sign>[+-])(?<hours>\d{2}):00$/

const apiZone = (zone: DateTime.TimeZone): string => {
  const name = DateTime.zoneToString(zone)
  const parts = offsetZone.exec(name)?.groups
  // In these names the hours are those west of Greenwich.
  return parts === undefined ? name : `Etc/GMT${parts["sign"] === "+" ? "-" : "+"}${Number(parts["hours"])}`
}

/** Returns the filter with the unread date as an ISO date or time. Returns null if the mistake is no date. */
const writeDate = (filter: string, { expected, position }: InvalidFilter, from: SeenFrom): string | null => {
  if (!expected.includes("date")) return null
  const start = [...filter].slice(0, position).join("").length
  const value = /^(?:"([^"]*)"|([^\s(),"]+))/.exec(filter.slice(start))
  const date = parseDate(value?.[1] ?? value?.[2] ?? "")
  if (value === null || date === null || Result.isFailure(date)) return null
  const millis = resolveDate(date.success, "from", from)
  if (Result.isFailure(millis)) return null
  const isDay = date.success.kind === "day" && date.success.time === null
  const iso = isDay ? Calendar.isoDate(Calendar.dayAt(millis.success, from.zone)) : fromMillis(millis.success)
  return filter.slice(0, start) + iso + filter.slice(start + value[0].length)
}

/** Returns the filter for tasks that have all of the texts, each as it is written. */
export const filterOfTexts = (texts: ReadonlyArray<string>): string =>
  texts.map((text) => `"${text.replaceAll('"', '""')}"`).join(" ")
