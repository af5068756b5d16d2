import { Context, type Effect } from "effect"

/** Makes ids. */
export class IdGenerator extends Context.Service<
  IdGenerator,
  {
    /** A new UUID of version 7 (RFC 9562) in lower case; later ones of one process sort after earlier ones. */
    readonly next: Effect.Effect<string>
  }
>()("taskwright/IdGenerator") {}
