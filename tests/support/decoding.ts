import { Schema } from "effect"

/** Whether the schema reads the input. */
export const accepts = <S extends Schema.Codec<unknown, unknown>>(schema: S) => {
  const decode = Schema.decodeUnknownResult(schema)
  return (input: unknown): boolean => decode(input)._tag === "Success"
}

/** What the schema reads the input as; throws where it refuses it. */
export const read = <S extends Schema.Codec<unknown, unknown>>(schema: S): ((input: unknown) => S["Type"]) =>
  Schema.decodeUnknownSync(schema)
