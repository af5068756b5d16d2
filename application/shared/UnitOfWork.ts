/** The port for transactions across repositories. */
import { Context, type Effect } from "effect"

/** Combines several writes into one transaction. */
export class UnitOfWork extends Context.Service<
  UnitOfWork,
  {
    /**
     * Runs the effect so that all its writes through repositories are stored, or none of them. None is stored if it
     * fails, dies or is interrupted. A record that a `…ForUpdate` method has read MUST NOT be changed by any other
     * caller until the unit ends. Units nest; an inner one joins the outer one.
     *
     * An adapter MAY run the effect again, a bounded number of times, if its store aborts it for a conflict with
     * another unit. The effect MUST NOT do anything outside the repositories that cannot be repeated.
     */
    readonly atomically: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  }
>()("taskwright/UnitOfWork") {}
