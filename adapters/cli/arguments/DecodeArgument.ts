/** Decodes typed arguments into domain values. */
import { Clock, Effect, Option, Schema } from "effect"
import type { Timestamp } from "../../../domain/shared/Timestamp.ts"
import { InvalidInput } from "../CliErrors.ts"
import { localZone } from "../dates/LocalZone.ts"
import type { DatePurpose } from "../dates/ResolveDate.ts"
import { parseDueDate } from "./DueDate.ts"

/** Decodes the text with the domain's schema. Fails with a message that says what the schema accepts. */
export const decodeArgument = <A>(schema: Schema.Codec<A, string>, what: string, text: string) =>
  Schema.decodeUnknownEffect(schema)(text).pipe(
    Effect.mapError((error) => new InvalidInput({ message: `The ${what} ${error.message.split("\n")[0] ?? ""}` })),
  )

/** Decodes a date relative to now, in the time zone of the process. */
export const decodeDate = Effect.fnUntraced(function* (text: string, purpose: DatePurpose) {
  const from = { now: yield* Clock.currentTimeMillis, zone: yield* localZone }
  return yield* parseDueDate(text, purpose, from)
})

/** Decodes a date if one is given. */
export const decodeOptionalDate = (
  text: Option.Option<string>,
  purpose: DatePurpose,
): Effect.Effect<Timestamp | undefined, InvalidInput> =>
  Option.match(text, { onNone: () => Effect.succeed(undefined), onSome: (given) => decodeDate(given, purpose) })
