import { Schema, SchemaTransformation } from "effect"

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** A UUID in lower case: the one form in which ids are stored and compared. */
export const Uuid = Schema.String.check(Schema.isPattern(uuid, { message: "must be a UUID" }))

/** Reads a UUID in either case. */
export const lowerCasing = <S extends Schema.Codec<string, string>>(to: S) =>
  Schema.String.pipe(Schema.decodeTo(to, SchemaTransformation.toLowerCase()))
