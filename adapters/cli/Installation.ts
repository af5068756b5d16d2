import { Context, type Effect, type Layer } from "effect"
import type { Place } from "./Backend.ts"
import type { LocalPorts } from "./LocalBackend.ts"

/** The use cases in this process: what they stand on, opened when a command needs it. */
export interface LocalInstallation {
  readonly place: Place
  readonly isVerifiedEmailRequired: boolean
  readonly ports: Layer.Layer<LocalPorts, Error>
}

/** A setting as it takes effect, without secrets. */
export interface EffectiveSetting {
  readonly name: string
  readonly value: string
}

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
