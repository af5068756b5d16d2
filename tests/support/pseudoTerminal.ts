/** Runs shell commands in a pseudo-terminal, with the system's `script` program. */

/** Quotes a word for a shell. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** The arguments with which `script` runs a shell command in a pseudo-terminal. */
export const scriptArguments = (command: string): ReadonlyArray<string> =>
  process.platform === "linux" ? ["-qec", command, "/dev/null"] : ["-q", "/dev/null", "sh", "-c", command]
