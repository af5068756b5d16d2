/** Says how many rows a statement may look at, if the database runs in this process and nothing else runs meanwhile. */
import { Context } from "effect"

/** The maximum number of rows; undefined if a long statement delays nothing else. */
export const RowsPerStatement = Context.Reference<number | undefined>("taskwright/postgres/RowsPerStatement", {
  defaultValue: () => undefined,
})
