/** Finds the text of each setting: in the environment, in a file that holds a secret, or in the defaults. */
import { readFileSync, statSync } from "node:fs"
import { ConfigProvider, Effect } from "effect"
import { reasonOf } from "../../adapters/filesystem/FileErrors.ts"
import { fileVariableOf, type SettingName, settingNamed } from "./settingsTable.ts"

export interface FoundText {
  readonly text: string
  readonly source: "environment" | "file" | "default"
}

/** Defaults of one program, in place of those in the table. */
export type ProgramDefaults = Partial<Readonly<Record<SettingName, string>>>

/** The texts of the settings, each read once. */
export interface SettingSources {
  readonly find: (name: string) => Effect.Effect<FoundText | undefined, ConfigProvider.SourceError>
  /** The same for `Config`. */
  readonly provider: ConfigProvider.ConfigProvider
}

export const makeSources = (environment: ConfigProvider.ConfigProvider, defaults: ProgramDefaults): SettingSources => {
  const given = (name: string) => Effect.map(environment.load([name]), (node) => node?.value?.trim() || undefined)

  const search = Effect.fnUntraced(function* (name: string) {
    const setting = settingNamed(name)
    const text = yield* given(name)
    if (setting?.isSecret) {
      const file = yield* given(fileVariableOf(name))
      if (file !== undefined) return yield* secretOf(name, file, text)
    }
    if (text !== undefined) return { text, source: "environment" } as const
    const byDefault = new Map(Object.entries(defaults)).get(name) ?? setting?.defaultText
    return byDefault === undefined ? undefined : ({ text: byDefault, source: "default" } as const)
  })

  const found = new Map<string, FoundText | undefined>()
  const find: SettingSources["find"] = (name) =>
    found.has(name)
      ? Effect.succeed(found.get(name))
      : Effect.tap(search(name), (text) => Effect.sync(() => found.set(name, text)))

  return {
    find,
    provider: ConfigProvider.make((path) =>
      Effect.map(find(path.join("_")), (text) => text && ConfigProvider.makeValue(text.text)),
    ),
  }
}

/** Reads the file that holds a secret. */
const secretOf = (name: string, file: string, text: string | undefined) => {
  const variable = fileVariableOf(name)
  const fail = (message: string) => Effect.fail(new ConfigProvider.SourceError({ message }))
  if (text !== undefined) return fail(`${name} and ${variable} are both set; set one of them`)
  return Effect.try({ try: () => read(file), catch: reasonOf }).pipe(
    Effect.catch((reason) => fail(`${variable} takes a file that can be read, not ${JSON.stringify(file)}: ${reason}`)),
    Effect.flatMap((content) =>
      content === ""
        ? fail(`${variable} takes a file with the value of ${name}, not an empty one`)
        : Effect.succeed({ text: content, source: "file" } as const),
    ),
  )
}

/** Devices are refused, because one like `/dev/zero` never ends. */
const read = (file: string): string => {
  const found = statSync(file)
  if (!found.isFile() && !found.isFIFO()) throw new Error("it is no file")
  return readFileSync(file, "utf8").trim()
}
