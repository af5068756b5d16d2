/** Compiles a filter to conditions of SQL. All values are parameters. */
import type { CategoryId } from "../../domain/categories/CategoryId.ts"
import { countKind, hasKind, type TaskFilter, type TimeField } from "../../domain/tasks/TaskFilter.ts"
import { isUnfilled, searchedParts, searchText } from "./SearchColumns.ts"

/** Adds the value to the parameters, and returns its place in the text: `$3`. */
export type AddParameter = (value: string | ReadonlyArray<string>) => string

/** Returns the ids of the user's categories of that folded name, or of that id. */
export type CategoriesNamed = (named: string) => ReadonlyArray<CategoryId>

const timeColumns: { readonly [Field in TimeField]: string } = {
  due: "due_date",
  created: "created_at",
  updated: "updated_at",
}

/** With more conditions on text, a subquery makes the text of a task once for all. It costs as much as one of them. */
const fewTexts = 2

const assigned = (ids: string): string =>
  `id IN (SELECT task_id FROM task_categories WHERE user_id = $1 AND category_id = ANY (${ids}::uuid[]))`

const withoutCategory = `id NOT IN (SELECT assignment.task_id FROM task_categories AS assignment
    JOIN categories AS category ON category.user_id = assignment.user_id AND category.id = assignment.category_id
    WHERE assignment.user_id = $1 AND category.deleted_at IS NULL)`

/**
 * Returns the conditions that select the tasks of the filter, joined by AND; the user is `$1`. Rows without a search text
 * meet every condition on text, so that the caller sees them and fills them.
 */
export const compileFilter = (
  filter: TaskFilter,
  next: AddParameter,
  categoriesNamed: CategoriesNamed,
): ReadonlyArray<string> => {
  const isMadeOnce = countKind(filter, "text") > fewTexts
  const body = isMadeOnce ? "searched.body" : searchText

  const timeCondition = ({ field, from, to }: Extract<TaskFilter, { kind: "time" }>): string => {
    const column = timeColumns[field]
    const limits = [
      ...(from === null ? [] : [`${column} >= ${next(from)}`]),
      ...(to === null ? [] : [`${column} <= ${next(to)}`]),
    ]
    return limits.length === 0 ? `${column} IS NOT NULL` : `(${limits.join(" AND ")})`
  }

  // Under NOT, a comparison with a missing due date has to be false, and not unknown. An index serves the plain form only.
  const compile = (each: TaskFilter, isNegated: boolean): string => {
    switch (each.kind) {
      case "all":
        return join(each.of, " AND ", "TRUE", isNegated)
      case "any":
        return join(each.of, " OR ", "FALSE", isNegated)
      case "not":
        return `NOT ${compile(each.of, true)}`
      case "status":
        return `status = ANY (${next(each.in)}::task_status[])`
      case "priority":
        return `priority = ANY (${next(each.in)}::task_priority[])`
      case "time":
        return isNegated && each.field === "due" ? `(${timeCondition(each)} IS TRUE)` : timeCondition(each)
      case "noDueDate":
        return "(due_date IS NULL)"
      case "category": {
        const ids = categoriesNamed(each.named)
        return ids.length === 0 ? "FALSE" : `(${assigned(next(ids))})`
      }
      case "noCategory":
        return `(${withoutCategory})`
      case "text":
        return `(strpos(${searchedParts[each.in](body)}, ${next(each.text)}) > 0)`
    }
  }
  const join = (of: ReadonlyArray<TaskFilter>, by: string, empty: string, isNegated: boolean): string =>
    of.length === 0 ? empty : `(${of.map((each) => compile(each, isNegated)).join(by)})`

  const parts = filter.kind === "all" ? filter.of : [filter]
  const onText = parts.filter((part) => hasKind(part, "text"))
  const others = parts.filter((part) => !onText.includes(part)).map((part) => compile(part, false))
  if (onText.length === 0) return others
  const condition = join(onText, " AND ", "TRUE", false)
  const met = isMadeOnce ? `(SELECT ${condition} FROM (SELECT ${searchText} AS body OFFSET 0) AS searched)` : condition
  return [...others, `(${met} OR ${isUnfilled})`]
}
