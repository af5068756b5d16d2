import { Context, type Effect } from "effect"

/** Whether what the service stands on is there; each check answers within a bounded time and never fails. */
export class Readiness extends Context.Service<
  Readiness,
  {
    readonly database: Effect.Effect<boolean>
    /** Without it mails wait in the outbox, and all else goes on. */
    readonly mail: Effect.Effect<boolean>
    /** Null where none is configured. */
    readonly redis: Effect.Effect<boolean> | null
  }
>()("taskwright/http/Readiness") {}
