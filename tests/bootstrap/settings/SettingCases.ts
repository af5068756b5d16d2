/** The defaults and the limits of every setting, and a way to load settings from texts. */
import { ConfigProvider, Effect } from "effect"
import type { ProgramDefaults } from "../../../bootstrap/settings/SettingSources.ts"
import { loadSettings } from "../../../bootstrap/settings/Settings.ts"
import { accountCases } from "./cases/accountCases.ts"
import type { Case } from "./cases/Case.ts"
import { dataCases } from "./cases/dataCases.ts"
import { networkCases } from "./cases/networkCases.ts"
import { operationCases } from "./cases/operationCases.ts"
import { tracingCases } from "./cases/tracingCases.ts"

/** Loads the settings from these variables alone. */
export const load = (env: Record<string, string> = {}, defaults: ProgramDefaults = {}) =>
  loadSettings(defaults).pipe(Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env })))

/** Every setting but `NODE_ENV`, which has its own tests. */
export const cases: ReadonlyArray<Case> = [
  ...networkCases,
  ...dataCases,
  ...accountCases,
  ...operationCases,
  ...tracingCases,
]
