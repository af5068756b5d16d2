import { Console, Context, Effect, type Layer } from "effect"
import type { Instance } from "./backend/Backend.ts"
import type { LocalPorts } from "./backend/LocalBackend.ts"

/** The use cases in this process: what they stand on, opened when a command needs it. */
export interface LocalInstallation {
  readonly place: Instance
  readonly isVerifiedEmailRequired: boolean
  readonly ports: Layer.Layer<LocalPorts, Error>
}

/** A setting as it takes effect, without secrets. */
export interface EffectiveSetting {
  readonly name: string
  readonly value: string
}

/**
 * Says once that a command waits for another one that holds the data folder, and for which. By default on a terminal
 * alone: a script gets a longer wait and no words.
 */
export const OnWait = Context.Reference<(holder: string) => Effect.Effect<void>>("taskwright/cli/OnWait", {
  defaultValue: () => (holder) => (process.stderr.isTTY === true ? sayWait(holder) : Effect.void),
})

/** The words of a wait, on standard error. */
export const sayWait = (holder: string): Effect.Effect<void> =>
  Console.error(`Waiting for another taskwright command (${holder}), which uses the data folder. Ctrl-C stops.`)

/** What the composition root gives to the command. Failures are to be shown as their message. */
export class Installation extends Context.Service<
  Installation,
  {
    readonly version: string
    readonly local: Effect.Effect<LocalInstallation, Error>
    readonly settings: Effect.Effect<ReadonlyArray<EffectiveSetting>, Error>
    /** Serves until interrupted. */
    readonly serve: Effect.Effect<void, Error>
    /** Brings the database up to date, and gives the names of the migrations that it lacked. */
    readonly migrate: Effect.Effect<ReadonlyArray<string>, Error>
    /** The OpenAPI document, as text. */
    readonly openApi: Effect.Effect<string>
  }
>()("taskwright/cli/Installation") {}
