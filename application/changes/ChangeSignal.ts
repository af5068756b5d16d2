/** The port that tells the processes of the service which user's tasks or categories were changed. */
import { Context, type Effect, type Scope } from "effect"
import type { UserId } from "../../domain/accounts/UserId.ts"

/**
 * Wakes those that wait for a user's changes. A wake-up carries nothing: what it announces is always read from the
 * store. So wake-ups may be doubled or reordered, and those of other processes may be lost: `pollChanges` finds every
 * change within about a second.
 */
export class ChangeSignal extends Context.Service<
  ChangeSignal,
  {
    /**
     * Wakes all watchers of the user, in this process and in those that share this signal. The caller MUST have
     * committed the change. This MUST neither fail nor wait for another process.
     */
    readonly changed: (userId: UserId) => Effect.Effect<void>

    /** Wakes the watchers of the user in this process alone. */
    readonly wake: (userId: UserId) => Effect.Effect<void>

    /**
     * Watches the user until the scope closes. The returned effect waits for the next wake-up, for one caller at a
     * time. It does not wait if there was one since it last succeeded, or since the watch began; one stands for any
     * number of them.
     */
    readonly watch: (userId: UserId) => Effect.Effect<Effect.Effect<void>, never, Scope.Scope>

    /** Returns the users that are watched in this process. */
    readonly watched: Effect.Effect<ReadonlyArray<UserId>>
  }
>()("taskwright/ChangeSignal") {}
