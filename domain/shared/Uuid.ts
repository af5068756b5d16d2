/** UUIDs, the form of ids: how they are validated and brought to lower case. */
import { Schema, SchemaTransformation } from "effect"
import { withinUnits } from "./Text.ts"

const message = "must be a UUID"
const uuidLength = 36
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** A UUID in lower case: the one form in which ids are stored and compared. */
export const Uuid = Schema.String.check(Schema.isPattern(uuid, { message }))

/** Reads a UUID in either case. */
export const withLowerCase = <S extends Schema.Codec<string, string>>(to: S) =>
  withinUnits(uuidLength, message).pipe(Schema.decodeTo(to, SchemaTransformation.toLowerCase()))

/** Returns the 32 digits of a UUID. */
export const toHex = (id: string): string => id.replaceAll("-", "")

/** Returns the UUID with these 32 digits. */
export const fromHex = (hex: string): string => hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-")

/** Returns the milliseconds since 1970 in a UUID of version 7. Another UUID has any number there. */
export const millisOf = (id: string): number => Number.parseInt(toHex(id).slice(0, 12), 16)
