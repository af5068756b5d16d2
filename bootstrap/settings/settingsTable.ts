/** The one table of all settings, in the order of `.env.example`. A new setting needs one entry here. */
import { mailSettings, tokenSettings } from "./accountSettings.ts"
import { dataSettings } from "./dataSettings.ts"
import { networkSettings } from "./networkSettings.ts"
import { operationSettings } from "./operationSettings.ts"
import type { Setting } from "./Setting.ts"
import { tracingSettings } from "./tracingSettings.ts"

export const settingsTable = {
  ...networkSettings,
  ...dataSettings,
  ...mailSettings,
  ...tokenSettings,
  ...operationSettings,
  ...tracingSettings,
}

export type SettingName = keyof typeof settingsTable

export const allSettings: ReadonlyArray<Setting<unknown>> = Object.values(settingsTable)

const byName: ReadonlyMap<string, Setting<unknown>> = new Map(allSettings.map((setting) => [setting.name, setting]))

export const settingNamed = (name: string): Setting<unknown> | undefined => byName.get(name)

/** The variable that names a file with the secret. */
export const fileVariableOf = (name: string): string => `${name}_FILE`

/** Every variable that is read, in the order of the table. */
export const variableNames: ReadonlyArray<string> = allSettings.flatMap(({ isSecret, name }) =>
  isSecret ? [name, fileVariableOf(name)] : [name],
)
