/** Decodes inputs with a schema, for tests of the domain. */
import { Schema } from "effect"

/** Whether the schema accepts the input. */
export const accepts = <S extends Schema.Codec<unknown, unknown>>(schema: S) => {
  const decode = Schema.decodeUnknownResult(schema)
  return (input: unknown): boolean => decode(input)._tag === "Success"
}

/** Returns the decoded input. Throws if the schema rejects it. */
export const read = <S extends Schema.Codec<unknown, unknown>>(schema: S): ((input: unknown) => S["Type"]) =>
  Schema.decodeUnknownSync(schema)
