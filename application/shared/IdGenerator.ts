/** The port that generates ids. */
import { Context, type Effect } from "effect"

/** Generates the ids of all records. */
export class IdGenerator extends Context.Service<
  IdGenerator,
  {
    /**
     * Returns a new id of this schema: a UUID of version 7 (RFC 9562) in lower case. Later ids of one process sort
     * after earlier ones.
     */
    readonly next: <Id extends string>(schema: { readonly Type: Id }) => Effect.Effect<Id>
  }
>()("taskwright/IdGenerator") {}
