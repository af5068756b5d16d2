/** The name of a suite that is not run, with the reason in it. */
export const notRunName = (name: string, reason: string): string => `${name} (not run: ${reason})`

/** Takes such a name apart; null where it is another. */
export const readNotRunName = (text: string): { readonly name: string; readonly reason: string } | null => {
  const [, name, reason] = /^(.*) \(not run: (.*)\)$/s.exec(text) ?? []
  return name === undefined || reason === undefined ? null : { name, reason }
}
