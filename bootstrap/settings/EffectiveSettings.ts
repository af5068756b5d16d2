/** Lists every setting in force with its source, for `taskwright config`. */
import { readFileSync } from "node:fs"
import { parseEnv } from "node:util"
import { ConfigProvider, Effect, Result } from "effect"
import type { EffectiveSetting } from "../../adapters/cli/CliEnvironment.ts"
import type { InvalidSetting } from "./InvalidSetting.ts"
import { makeSources, type ProgramDefaults } from "./SettingSources.ts"
import { readSettings } from "./Settings.ts"
import { allSettings } from "./settingsTable.ts"

/**
 * Returns all settings as text, secrets without their secret part. `flags` are those of the runtime, because it loads
 * `.env` files into the environment itself.
 */
export const effectiveSettings = (
  defaults: ProgramDefaults,
  flags: ReadonlyArray<string>,
): Effect.Effect<ReadonlyArray<EffectiveSetting>, InvalidSetting> =>
  Effect.gen(function* () {
    const sources = makeSources(yield* ConfigProvider.ConfigProvider, defaults)
    yield* readSettings(sources)
    const loaded = loadedVariables(flags)
    const effective = Effect.forEach(allSettings, ({ name, shown }) =>
      Effect.map(Effect.all([shown.parse(sources.provider), sources.find(name)]), ([value, found]) => {
        const isLoaded = found?.source === "environment" && loaded.get(name) === found.text
        return { name, value, source: isLoaded ? ".env" : (found?.source ?? "default") } as const
      }),
    )
    // All of them were read above.
    return yield* Effect.orDie(effective)
  })

/** The variables of the files that the runtime has loaded. A variable that was set before keeps its own value. */
const loadedVariables = (flags: ReadonlyArray<string>): ReadonlyMap<string, string> => {
  const files = flags.flatMap((flag, index) => {
    const [isFlag, file] = /^--env-file(?:-if-exists)?(?:=(.+))?$/.exec(flag) ?? []
    return isFlag === undefined ? [] : [file ?? flags[index + 1] ?? ""]
  })
  const texts = files.map((file) =>
    Result.getOrElse(
      Result.try(() => readFileSync(file, "utf8")),
      () => "",
    ),
  )
  return new Map(
    texts.flatMap((text) => Object.entries(parseEnv(text)).map(([name, value = ""]) => [name, value.trim()])),
  )
}
