/** The version of Node that the command needs. `tests/e2e/commandPackage.test.ts` compares it with `package.json`. */

/** The oldest major version. */
export const minimumMajor = 24

/** Returns the parts of a version like `v24.1.0`; null if the text is no version. */
export const readVersion = (text: string): ReadonlyArray<number> | null => {
  const match = /^v?(\d{1,5})\.(\d{1,5})\.(\d{1,5})$/.exec(text.trim())
  return match === null ? null : match.slice(1).map(Number)
}

/** Returns whether a Node of this version can run the command. */
export const isSuitable = (text: string): boolean => {
  const version = readVersion(text)
  return version !== null && Number(version[0]) >= minimumMajor
}
