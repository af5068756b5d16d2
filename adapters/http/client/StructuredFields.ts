/** Reads header fields that are lists of strings with parameters: a part of Structured Field Values (RFC 9651). */

/** A string of the list, and its parameters as the header has them. */
export interface StringItem {
  readonly value: string
  readonly parameters: ReadonlyMap<string, string>
}

const quoted = String.raw`"(?:[ !#-[\]-~]|\\["\\])*"`
const number = String.raw`-?\d{1,15}(?:\.\d{1,3})?`
const token = String.raw`[A-Za-z*][\w!#$%&'*+.^|~:/\x60-]*`
const bareItem = String.raw`${quoted}|${number}|${token}|:[A-Za-z0-9+/=]*:|\?[01]`
const key = "[a-z*][a-z0-9_.*-]*"
const item = `(${quoted})((?:; *${key}(?:=(?:${bareItem}))?)*)`

const list = new RegExp(String.raw`^ *${item}(?:[ \t]*,[ \t]*${item})* *$`)
const items = new RegExp(item, "g")
const parametersOf = new RegExp(`; *(${key})(?:=(${bareItem}))?`, "g")

/** In characters. Servers send far fewer. */
const maximumLength = 4_096

/**
 * Returns the items of the list, which are at least one. Returns null if the field is not such a list, or longer than
 * 4,096 characters. A single fault makes all of it invalid.
 */
export const parseStringList = (field: string): ReadonlyArray<StringItem> | null =>
  field.length <= maximumLength && list.test(field)
    ? Array.from(field.matchAll(items), ([, value = "", parameters = ""]) => ({
        value: value.slice(1, -1).replaceAll(/\\(.)/g, "$1"),
        parameters: new Map(
          // A parameter without a value is true.
          Array.from(parameters.matchAll(parametersOf), ([, name = "", text = "?1"]) => [name, text] as const),
        ),
      }))
    : null
