/** What the tests of atomicity know about one write of a repository. */
import { Effect } from "effect"
import type { Repositories } from "../../../application/Ports.ts"
import { UnitOfWork } from "../../../application/shared/UnitOfWork.ts"

/** A write that has its records stored already, and a read of the value that it changes. */
export interface PreparedWrite {
  readonly write: Effect.Effect<unknown, unknown, Repositories>
  readonly look: Effect.Effect<unknown, unknown, Repositories>
}

/** Stores what the write needs. */
export type Prepare = Effect.Effect<PreparedWrite, unknown, Repositories>

/** The methods of a repository: reads, and writes with their preparations. */
export type Methods<Shape> = { readonly [Method in keyof Shape]: Prepare | "read" }

/** Runs a write and returns its value, but leaves nothing of it. */
export const peek = <A, R>(write: Effect.Effect<A, never, R>): Effect.Effect<A, never, R | UnitOfWork> =>
  Effect.flatMap(UnitOfWork, ({ atomically }) => Effect.flip(atomically(Effect.flatMap(write, Effect.fail))))
