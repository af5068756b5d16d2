/** The defaults of a program that logs to a terminal. */
import type { ProgramDefaults } from "./SettingSources.ts"

export const terminalDefaults = ({ isTTY }: { readonly isTTY: boolean }): ProgramDefaults =>
  isTTY === true ? { LOG_FORMAT: "pretty" } : {}
