/** The port through which the command reaches its composition root. */
import { Console, Context, Effect, type Layer } from "effect"
import type { BackupStore } from "../../application/backup/BackupStore.ts"
import type { Ports } from "../../application/Ports.ts"
import type { Finding } from "../diagnosis/Finding.ts"
import type { Instance } from "./Instance.ts"

/** The use cases in this process and the ports that they need. The ports open when a command needs them. */
export interface LocalEnvironment {
  readonly instance: Instance
  readonly isVerifiedEmailRequired: boolean
  /** Whether the database belongs to the user of this machine, so that an owner may work on it without an account. */
  readonly isPersonal: boolean
  readonly ports: Layer.Layer<Ports, Error>
  /** Returns the link for choosing a new password with the token. */
  readonly resetLink: (token: string) => string
}

/** A setting in effect, without secrets. */
export interface EffectiveSetting {
  readonly name: string
  readonly value: string
  /** The value is given in the environment, in a file of environment variables, in a file of its own, or not at all. */
  readonly source: "environment" | ".env" | "file" | "default"
}

/**
 * Reports once that a command waits for another one, named by `holder`, which has locked the data folder. By default it
 * reports on a terminal alone; a script waits longer, without a message.
 */
export const OnWait = Context.Reference<(holder: string) => Effect.Effect<void>>("taskwright/cli/OnWait", {
  defaultValue: () => (holder) => (process.stderr.isTTY === true ? reportWait(holder) : Effect.void),
})

/** Prints the message of such a wait on standard error. */
export const reportWait = (holder: string): Effect.Effect<void> =>
  Console.error(`Waiting for another taskwright command (${holder}), which uses the data folder. Ctrl-C stops.`)

/** An error of the composition root. Its adapters are unknown here, so the tags stand for their errors. */
export interface EnvironmentError extends Error {
  readonly _tag:
    | "DataFolderInUse"
    | "DataFolderUnusable"
    | "DatabaseNotReady"
    | "DatabaseUnsuitable"
    | "InvalidSetting"
    | "InvalidSigningKeys"
    | "MigrationError"
    | "PortUnavailable"
    | "SqlError"
}

/** What the composition root provides to the command. */
export class CliEnvironment extends Context.Service<
  CliEnvironment,
  {
    readonly version: string
    readonly local: Effect.Effect<LocalEnvironment, EnvironmentError>
    readonly settings: Effect.Effect<ReadonlyArray<EffectiveSetting>, EnvironmentError>
    /** Serves until interrupted. */
    readonly serve: Effect.Effect<void, EnvironmentError>
    /** Applies the pending migrations, and returns their names. */
    readonly migrate: Effect.Effect<ReadonlyArray<string>, EnvironmentError>
    /** Checks the set-up, and changes nothing. */
    readonly diagnose: Effect.Effect<ReadonlyArray<Finding>, EnvironmentError>
    /** The whole database; a dump never creates one, and a database in memory is refused. */
    readonly backupStore: (
      command: "dump" | "restore",
    ) => Effect.Effect<Layer.Layer<BackupStore, Error>, EnvironmentError>
    /** The OpenAPI document, as text. */
    readonly openApi: Effect.Effect<string>
  }
>()("taskwright/cli/CliEnvironment") {}
