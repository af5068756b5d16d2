import { Clock, Effect, Option, Schema } from "effect"
import type { Timestamp } from "../../../domain/shared/Timestamp.ts"
import { InvalidInput } from "../CliErrors.ts"
import { localZone } from "../dates/LocalZone.ts"
import type { DatePurpose } from "../dates/ResolveDate.ts"
import { parseDueDate } from "./DueDate.ts"

/** Reads what was typed by the domain's schema, or says what it takes. */
export const decodeArgument = <A>(schema: Schema.Codec<A, string>, what: string, text: string) =>
  Schema.decodeUnknownEffect(schema)(text).pipe(
    Effect.mapError((error) => new InvalidInput({ message: `The ${what} ${error.message.split("\n")[0] ?? ""}` })),
  )

/** Reads a date as seen from now, in the time zone of the process. */
export const decodeDate = Effect.fnUntraced(function* (text: string, purpose: DatePurpose) {
  const from = { now: yield* Clock.currentTimeMillis, zone: yield* localZone }
  return yield* parseDueDate(text, purpose, from)
})

/** Reads a date where one was given. */
export const readOptionalDate = (
  text: Option.Option<string>,
  purpose: DatePurpose,
): Effect.Effect<Timestamp | undefined, InvalidInput> =>
  Option.match(text, { onNone: () => Effect.succeed(undefined), onSome: (given) => decodeDate(given, purpose) })
