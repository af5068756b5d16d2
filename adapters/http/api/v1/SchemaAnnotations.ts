/** Annotates schemas with the descriptions, examples and formats that the OpenAPI document displays. */
import { Schema } from "effect"

/** A time in a response. */
export const TimestampString = Schema.String.annotate({
  description: "RFC 3339 in UTC with milliseconds.",
  format: "date-time",
  examples: ["2026-11-24T16:00:00.000Z"],
})

/** An id in a response. */
export const IdString = (what: string, example: string) =>
  Schema.String.annotate({ description: `The ${what}'s id, a UUID of version 7.`, format: "uuid", examples: [example] })

export const userIdExample = "0193a5ad-92d0-7c52-8d1c-5f2e1a7b9c01"
export const sessionIdExample = "0193a5ad-a41b-7f0e-a3c6-9b8d7e6f5a43"
export const tokenIdExample = "0193a5ad-b7c2-7d15-8e4f-0a1b2c3d4e5f"
export const taskIdExample = "0193a5ae-3c44-7a90-b6f7-1d2c3b4a5968"
export const changeIdExample = "0193a5ae-3c44-7a90-b6f7-1d2c3b4a596a"
export const batchIdExample = "0193a5ae-3c44-7a90-b6f7-1d2c3b4a5969"
export const changeCursorExample = "2s-8c1f02ab"
export const categoryIdExample = "0193a5ae-0f13-7e8a-9a3b-7c6d5e4f3a2b"

/** Describes the encoded form of a field, which for the domain's values differs from the decoded one. */
export const describeEncoded = <S extends Schema.Top>(
  schema: S,
  wording: { readonly description: string; readonly example: S["Encoded"]; readonly format?: string },
) =>
  schema.pipe(
    Schema.annotateEncoded({
      description: wording.description,
      examples: [wording.example],
      ...(wording.format === undefined ? {} : { format: wording.format }),
    }),
  )

/**
 * Describes a field that is decoded from text under a check that the document cannot express. The generator would drop
 * the description together with that check.
 */
export const describeEncodedText = <S extends Schema.Codec<unknown, string>>(
  schema: S,
  { description, example, format }: { readonly description: string; readonly example: string; readonly format: string },
) => Schema.String.annotate({ description, format, examples: [example] }).pipe(Schema.decodeTo(schema))
