/** What is known of a setting: the parser, `taskwright config`, the misspellings and the documents derive from it. */
import { Config, Option, Schema } from "effect"

/** A setting reads itself: it is a `Config` of its value. */
export interface Setting<A> extends Config.Config<A> {
  readonly name: string
  readonly group: Group
  readonly description: string
  /** What its text can be, as a phrase. */
  readonly expected: string
  /** The default, if it is a text that the setting takes. */
  readonly defaultText: string | undefined
  /** The default for people: the text, or a phrase. */
  readonly byDefault: string
  /** A secret is never printed, and `<NAME>_FILE` can name a file that holds it. */
  readonly isSecret: boolean
  /** The value in force, as it can be printed. */
  readonly shown: Config.Config<string>
}

export type Group = "Network" | "Data" | "Mail" | "Tokens" | "Limits" | "Shutdown" | "Log" | "Traces"

/** A default that depends on something else, and a phrase that describes it. */
interface ComputedDefault<A> {
  readonly described: string
  readonly value: Config.Config<A>
}

/** The setting has no value by default. The phrase says what happens then. */
export const absent = (described: string): ComputedDefault<null> => ({ described, value: Config.succeed(null) })

interface Details<A, B> {
  readonly group: Group
  readonly description: string
  readonly schema: Schema.Codec<A, string>
  readonly default: string | ComputedDefault<B>
  readonly isSecret?: boolean
  /** Describes the value for people, a secret without its secret part. Default: the text, or for a secret nothing of it. */
  readonly describe?: (value: A) => string
}

/**
 * Defines a setting. The `ConfigProvider` of `SettingSources.ts` supplies a default that is a text, so that it is
 * decoded as any other.
 */
export const setting = <A, B = never>(name: string, details: Details<A, B>): Setting<A | B> => {
  const { default: fallback, description, group, isSecret = false, schema } = details
  const describe = details.describe ?? (isSecret ? () => "***" : undefined)
  const orElse = <C>(given: Config.Config<C>): Config.Config<C | B> =>
    typeof fallback === "string"
      ? given
      : Config.flatMap(
          Config.option(given),
          Option.match({ onNone: () => fallback.value, onSome: (value) => Config.succeed<C | B>(value) }),
        )
  const config = Config.schema(schema, name)
  const byDefault = typeof fallback === "string" ? fallback : fallback.described
  const shown = describe === undefined ? Config.String(name) : Config.map(config, describe)
  return Object.assign(orElse(config), {
    name,
    group,
    description,
    expected: String(Schema.resolveAnnotations(schema)?.expected),
    byDefault,
    defaultText: typeof fallback === "string" ? fallback : undefined,
    isSecret,
    shown: Config.map(orElse(shown), (value) => (value === null ? byDefault : String(value))),
  })
}
