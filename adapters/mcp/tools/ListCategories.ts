/** The tool that lists categories. */
import { Effect, Schema } from "effect"
import { listCategories as readCategories } from "../../../application/categories/ListCategories.ts"
import { compareCodePoints } from "../../../domain/shared/CodePointOrder.ts"
import { fittingCount } from "../AnswerLimit.ts"
import { objectOf, optional } from "../schema/Arguments.ts"
import { answerSchema, listSchema, notice, noticeSchema, partSchema, types } from "../TaskAnswers.ts"
import { readTool } from "../Tool.ts"

const fields = {
  after: optional(Schema.String.check(Schema.isMaxLength(200)), {
    type: "string",
    maxLength: 200,
    description: "The next_after of the answer before, if it was cut",
  }),
}

export const listCategories = readTool({
  name: "list_categories",
  title: "List categories",
  description: "List all categories by name.",
  scopes: ["tasks:read"],
  input: objectOf(fields),
  outputSchema: answerSchema({
    notice: noticeSchema,
    categories: listSchema(partSchema({ id: types.text, name: types.text, color: types.nullableText })),
    next_after: types.nullableText,
  }),
  read: ({ after }, { identity: { userId } }) =>
    Effect.map(readCategories({ userId }), (all) => {
      const rest = after == null ? all : all.filter(({ name }) => compareCodePoints(name, after) > 0)
      const categories = rest.map(({ color, id, name }) => ({ id, name, color }))
      const shown = categories.slice(0, fittingCount(categories))
      return { notice, categories: shown, next_after: shown.length < rest.length ? (shown.at(-1)?.name ?? null) : null }
    }),
})
