import { Context } from "effect"

/** How units of work run on a client. */
interface Units {
  readonly count: number
  /** The statements that begin one; `BEGIN` alone unless told. */
  readonly begin?: readonly [string, ...Array<string>]
}

/**
 * How many units of work may run at once on a client. Each holds a connection of its own, so they are fewer than the
 * connections where that can be: statements outside units always find one.
 */
export class UnitSlots extends Context.Service<UnitSlots, Units>()("taskwright/postgres/UnitSlots") {}
