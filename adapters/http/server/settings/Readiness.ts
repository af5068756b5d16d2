/** Defines the checks behind `/health/ready`. */
import { Context, type Effect } from "effect"

/** Whether each dependency of the service is available. Each check ends within a bounded time and never fails. */
export class Readiness extends Context.Service<
  Readiness,
  {
    readonly database: Effect.Effect<boolean>
    /** Without it, emails wait in the outbox, and everything else works. */
    readonly mail: Effect.Effect<boolean>
    /** Null if Redis is not configured. */
    readonly redis: Effect.Effect<boolean> | null
  }
>()("taskwright/http/Readiness") {}
