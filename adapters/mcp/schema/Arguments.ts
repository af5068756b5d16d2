/** Describes the arguments of tools: how they are decoded, and what clients are told about them. */
import { Schema } from "effect"

/** A schema of JSON Schema, as far as tools use it. */
export type JsonSchema = { readonly [keyword: string]: unknown }

/** One argument. An optional one that is absent or null has the value null or undefined. */
export interface Argument<A> {
  readonly schema: Schema.Top
  readonly json: JsonSchema
  readonly isRequired: boolean
  /** Carries the type alone. */
  readonly "~value"?: A
}

/** The arguments of a tool or of an item, by their names. */
export type Arguments = Readonly<Record<string, Argument<unknown>>>
export type ValuesOf<Fields extends Arguments> = {
  readonly [Name in keyof Fields]: Fields[Name] extends Argument<infer A> ? A : never
}

/** An object of arguments. */
export interface ArgumentObject<A> {
  readonly schema: Schema.Codec<A, unknown>
  readonly json: JsonSchema
}

/** A schema of values of this type, whatever their form in JSON is. */
type SchemaOf<A> = Schema.Top & { readonly Type: A }

/** An argument that has to be given. `json` describes the same values as the schema. */
export const required = <A>(schema: SchemaOf<A>, json: JsonSchema): Argument<A> => ({ schema, json, isRequired: true })

/** An argument that can be left out. Some clients send null for every argument that they leave out. */
export const optional = <A>(schema: SchemaOf<A>, json: JsonSchema): Argument<A | null | undefined> => ({
  schema: Schema.optional(Schema.NullOr(schema)),
  json: orNull(json),
  isRequired: false,
})

const orNull = (json: JsonSchema): JsonSchema => ({
  ...json,
  type: [json["type"], "null"],
  ...(Array.isArray(json["enum"]) && { enum: [...json["enum"], null] }),
})

/** An object with these members and no others. */
export const objectOf = <const Fields extends Arguments>(fields: Fields): ArgumentObject<ValuesOf<Fields>> => {
  const entries = Object.entries(fields)
  const schemas = Object.fromEntries(entries.map(([name, { schema }]) => [name, schema]))
  const names = entries.flatMap(([name, { isRequired }]) => (isRequired ? [name] : []))
  return {
    // The fields have the types that their arguments name.
    schema: Schema.Struct(schemas) as unknown as Schema.Codec<ValuesOf<Fields>, unknown>,
    json: {
      type: "object",
      properties: Object.fromEntries(entries.map(([name, { json }]) => [name, json])),
      ...(names.length > 0 && { required: names }),
      additionalProperties: false,
    },
  }
}

/** A list with a minimum and a maximum number of items. */
export const listOf = <A>(
  { json, schema }: { readonly schema: SchemaOf<A>; readonly json: JsonSchema },
  [minimum, maximum]: readonly [number, number],
  description?: string,
) => ({
  schema: Schema.Array(schema).check(Schema.isBetweenLength(minimum, maximum)) as unknown as SchemaOf<ReadonlyArray<A>>,
  json: {
    type: "array",
    items: json,
    minItems: minimum,
    maxItems: maximum,
    ...(description !== undefined && { description }),
  },
})
