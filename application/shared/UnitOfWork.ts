import { Context, type Effect } from "effect"

/** Joins several writes into one. */
export class UnitOfWork extends Context.Service<
  UnitOfWork,
  {
    /**
     * Runs the effect so that all its writes through repositories are kept, or none: none where it fails, dies or is
     * interrupted. What a `…ForUpdate` method has read MUST NOT be changed by anybody else until the unit ends.
     * Units nest; an inner one joins the outer one.
     *
     * An adapter MAY run the effect again, a bounded number of times, where its store gave it up for a conflict with
     * another unit; so the effect does nothing outside the repositories that cannot be done twice.
     */
    readonly atomically: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  }
>()("taskwright/UnitOfWork") {}
