/** Defines the query parameters of a page, and the maximum size of a list. */
import { Context, Schema, SchemaTransformation } from "effect"
import { CursorPageLimit, PageLimit, PageNumber } from "../../../../domain/shared/Page.ts"
import { describeEncoded } from "./SchemaAnnotations.ts"

/**
 * The maximum size of a list that the service sends and clients read: 16 MiB. Under the limits of titles, descriptions
 * and categories, the longest page takes about two thirds of it. So only tasks that are older than those limits can
 * reach it.
 */
export const maxListBytes = 16 * 2 ** 20

/** Decodes a whole number from a query parameter: digits only, without sign, exponent or space. */
export const wholeNumber = <S extends Schema.Codec<number, number>>(to: S) =>
  Schema.String.check(Schema.isPattern(/^\d{1,10}$/, { message: "must be a whole number" })).pipe(
    Schema.decodeTo(to, SchemaTransformation.transform<number, string>({ decode: Number, encode: String })),
  )

export const PageNumberParameter = describeEncoded(wholeNumber(PageNumber), {
  description: "Which page, from 1 (default 1).",
  example: "1",
})

const limitWording = {
  description: "How many tasks a page holds at most, 1 to 100, and with `cursor` to 200 (default 20).",
  example: "20",
}

/** The size of a page that is named by its number. */
export const PageLimitParameter = describeEncoded(wholeNumber(PageLimit), limitWording)

/** The size of a page that begins at a cursor. */
export const CursorPageLimitParameter = describeEncoded(wholeNumber(CursorPageLimit), limitWording)

/** Whether the text is a cursor depends on the list, so it is decoded with it. */
export const CursorParameter = Schema.String.annotate({
  description:
    "Reads the list by cursor: empty for the first page, then the `next_cursor` of the page before. Excludes `page`.",
  examples: [""],
})

/** The place in a list that is read by cursor alone. */
export const NextPageParameter = Schema.String.annotate({
  description: "The `next_cursor` of the page before. Without it: the first page.",
  examples: ["0da6b362234e87b8"],
})

/** Where a list that is read by cursor alone goes on. */
export const NextCursor = Schema.NullOr(
  Schema.String.annotate({
    description: "The `cursor` of the next page: at most 50 characters of `[0-9a-z]`. Null at the end.",
    examples: ["0da6b362234e87b8"],
  }),
)

/** The number of a page, which a request with a cursor MUST NOT have. */
export const NoPageParameter = Schema.String.check(
  Schema.makeFilter(() => false, { message: "must be absent with cursor" }),
)

/** Whether the response is a page of a list that the body of the request selects. */
export const ListInBody = Context.Reference<boolean>("taskwright/http/ListInBody", { defaultValue: () => false })

/**
 * The schemas of the query with the parameter `cursor`, and without it. One response then reports all errors of a query,
 * though the two have different rules. The endpoint's own schema describes both.
 */
export const QueryByCursor = Context.Reference<
  { readonly withCursor: Schema.Top; readonly withoutCursor: Schema.Top } | undefined
>("taskwright/http/QueryByCursor", { defaultValue: () => undefined })
