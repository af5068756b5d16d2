/** The schemas that decode the text of a setting. Each says what it takes in its `expected` annotation. */
import { Duration, Effect, type Result, Schema, SchemaGetter, SchemaIssue, SchemaTransformation } from "effect"

/** A text that matches the pattern. */
export const matching = (expected: string, pattern: RegExp) =>
  Schema.String.check(Schema.isPattern(pattern, { expected }))

export const wholeNumber = (minimum: number, maximum: number) =>
  Schema.String.check(Schema.isPattern(/^\d{1,10}$/)).pipe(
    Schema.decodeTo(Schema.Int.check(Schema.isBetween({ minimum, maximum })), SchemaTransformation.numberFromString),
    Schema.annotate({ expected: `a whole number from ${minimum} to ${maximum}` }),
  )

/** A duration, in milliseconds. */
export const durationMillis = (least: Duration.Input, most: Duration.Input) =>
  Schema.DurationFromString.pipe(
    Schema.decodeTo(
      Schema.Int.check(Schema.isBetween({ minimum: Duration.toMillis(least), maximum: Duration.toMillis(most) })),
      SchemaTransformation.transform({ decode: Duration.toMillis, encode: Duration.millis }),
    ),
    Schema.annotate({ expected: `a duration from ${least} to ${most}, like 30 seconds, 15 minutes or 2 days` }),
  )

/** One of the words, in upper or lower case. */
export const oneOf = <const Words extends ReadonlyArray<string>>(...words: Words) =>
  Schema.String.pipe(
    Schema.decode(SchemaTransformation.toLowerCase()),
    Schema.decodeTo(Schema.Literals(words), SchemaTransformation.passthroughSupertype<Words[number], string>()),
    Schema.annotate({ expected: words.join(", ").replace(/, (?=[^,]*$)/, " or ") }),
  )

/**
 * A text that the function decodes. A failure is the reason, as a phrase that follows the setting's name and does not
 * contain the value; null means that the text is not what the setting takes.
 */
export const decodedBy = <To extends Schema.Constraint>(
  to: To,
  expected: string,
  decode: (text: string) => Result.Result<To["Encoded"], string | null>,
) =>
  Schema.String.pipe(
    Schema.decodeTo(to, {
      decode: SchemaGetter.transformEffect((text: string) =>
        Effect.mapError(
          Effect.fromResult(decode(text)),
          (reason) => new SchemaIssue.InvalidValue(reason === null ? undefined : { message: reason }),
        ),
      ),
      encode: SchemaGetter.forbiddenEncoding,
    }),
    Schema.annotate({ expected }),
  )
