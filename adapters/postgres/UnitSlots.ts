import { Context } from "effect"

/**
 * How many units of work may run at once on a client. Each holds a connection of its own, so they are fewer than the
 * connections where that can be: statements outside units always find one.
 */
export class UnitSlots extends Context.Service<UnitSlots, { readonly count: number }>()(
  "taskwright/postgres/UnitSlots",
) {}
