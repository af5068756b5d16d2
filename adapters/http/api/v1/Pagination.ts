/** Defines the query parameters of a page, and the maximum size of a list. */
import { Schema, SchemaTransformation } from "effect"
import { PageLimit, PageNumber } from "../../../../domain/shared/Page.ts"
import { describeEncoded } from "./SchemaAnnotations.ts"

/**
 * The maximum size of a list that the service sends and clients read: 16 MiB. Under the limits of titles, descriptions
 * and categories, the longest page takes about a third of it. So only tasks that are older than those limits can reach
 * it.
 */
export const maxListBytes = 16 * 2 ** 20

/** Decodes a whole number from a query parameter: digits only, without sign, exponent or space. */
const wholeNumber = <S extends Schema.Codec<number, number>>(to: S) =>
  Schema.String.check(Schema.isPattern(/^\d{1,10}$/, { message: "must be a whole number" })).pipe(
    Schema.decodeTo(to, SchemaTransformation.transform<number, string>({ decode: Number, encode: String })),
  )

export const PageNumberParameter = describeEncoded(wholeNumber(PageNumber), {
  description: "Which page, from 1 (default 1).",
  example: "1",
})

export const PageLimitParameter = describeEncoded(wholeNumber(PageLimit), {
  description: "How many tasks a page holds at most, 1 to 100 (default 20).",
  example: "20",
})
