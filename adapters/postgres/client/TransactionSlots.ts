/** Says how many units of work a client runs at once, and how they begin. */
import { Context } from "effect"

/** How units of work run on a client. */
interface TransactionOptions {
  /** The maximum number at once; undefined if the client limits it. */
  readonly count?: number
  /** The statements that begin a unit; `BEGIN` alone by default. */
  readonly begin?: readonly [string, ...Array<string>]
}

/** The settings of a client's units of work. Each unit holds its own connection. */
export class TransactionSlots extends Context.Service<TransactionSlots, TransactionOptions>()(
  "taskwright/postgres/TransactionSlots",
) {}
