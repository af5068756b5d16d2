import { Context } from "effect"

/** How units of work run on a client. */
interface Units {
  /** How many there are at once; undefined where the client sees to it. */
  readonly count?: number
  /** The statements that begin one; `BEGIN` alone unless told. */
  readonly begin?: readonly [string, ...Array<string>]
}

/** What units of work go by on a client. Each holds a connection of its own. */
export class UnitSlots extends Context.Service<UnitSlots, Units>()("taskwright/postgres/UnitSlots") {}
