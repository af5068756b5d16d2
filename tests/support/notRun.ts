/** The names by which suites report that they did not run, and why. */

/** The name of a suite that does not run, with the reason in it. */
export const notRunName = (name: string, reason: string): string => `${name} (not run: ${reason})`

/** Splits such a name into its parts. Returns null for any other name. */
export const readNotRunName = (text: string): { readonly name: string; readonly reason: string } | null => {
  const [, name, reason] = /^(.*) \(not run: (.*)\)$/s.exec(text) ?? []
  return name === undefined || reason === undefined ? null : { name, reason }
}
