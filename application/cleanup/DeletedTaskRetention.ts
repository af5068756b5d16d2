import { Context } from "effect"

/** How long a deleted task is kept, in milliseconds: 30 days, unless a composition root says otherwise. */
export const DeletedTaskRetention = Context.Reference<number>("taskwright/DeletedTaskRetention", {
  defaultValue: () => 30 * 24 * 60 * 60 * 1000,
})
