/** Prints noon of a day in winter, in the time zone that the command reads from `TZ`. */
import { DateTime, Effect } from "effect"
import { localZone } from "../../adapters/cli/dates/LocalZone.ts"

const timeZone = Effect.runSync(localZone)
const noon = DateTime.makeZonedUnsafe(Date.UTC(2026, 11, 24, 12), { timeZone, adjustForTimeZone: true })
console.log(DateTime.formatIso(noon))
