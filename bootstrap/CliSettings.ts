/** The settings as the command uses them. Loaded only by a command that works on this installation. */
import { createHash } from "node:crypto"
import { resolve } from "node:path"
import { Console, Effect, Redacted } from "effect"
import type { Instance } from "../adapters/cli/Instance.ts"
import * as PostgresUrl from "../adapters/postgres/client/PostgresUrl.ts"
import { workerNumber } from "./processes/workerNumber.ts"
import { effectiveSettings } from "./settings/EffectiveSettings.ts"
import { misspelledSettings, misspellingText } from "./settings/MisspelledSettings.ts"
import type { ProgramDefaults } from "./settings/SettingSources.ts"
import { Database, loadSettings } from "./settings/Settings.ts"

/** Reads all settings, after a warning about misspelled ones on standard error. */
export const read = (defaults: ProgramDefaults) => Effect.andThen(warnOfMisspellings, loadSettings(defaults))

/** Lists all settings in force, after the same warning. */
export const list = (defaults: ProgramDefaults) =>
  Effect.andThen(warnOfMisspellings, effectiveSettings(defaults, process.execArgv))

const warnOfMisspellings = Effect.suspend(() =>
  // The parent of a worker has warned.
  Effect.forEach(workerNumber === undefined ? misspelledSettings(Object.keys(process.env)) : [], (misspelled) =>
    Console.error(`taskwright: ${misspellingText(misspelled)}`),
  ),
)

/** Describes the database without its password. */
export const instanceOf = (database: Database): Instance =>
  Database.$match(database, {
    Server: ({ url }) => {
      const located = new URL(Redacted.value(url))
      located.password = ""
      const distinct = createHash("sha256").update(located.href).digest("hex").slice(0, 16)
      return { key: `local-${distinct}`, label: `${located.protocol}//${PostgresUrl.describe(located.href)}` }
    },
    Embedded: ({ dataDir }) => ({ key: `local:${resolve(dataDir)}`, label: resolve(dataDir) }),
    Memory: () => ({ key: "local:memory", label: "memory alone" }),
  })
