/** The destination of an export or a dump, which takes it line by line. */
import { once } from "node:events"
import { Effect } from "effect"
import { openAtomic } from "../../filesystem/AtomicFile.ts"
import { FileError, type FileExists } from "../../filesystem/FileErrors.ts"
import { CommandFailed } from "../CliErrors.ts"
import { escapeControlJson } from "../output/TerminalText.ts"

/** Takes lines of JSON one after the other. */
export interface LineSink {
  readonly write: (lines: ReadonlyArray<unknown>) => Effect.Effect<void, FileError>
  /** Takes lines that are text already, each with its line feed. */
  readonly writeText: (text: string) => Effect.Effect<void, FileError>
  /** Completes the output; everything is written when it returns. */
  readonly finish: Effect.Effect<void, FileError | CommandFailed>
}

const textOf = (lines: ReadonlyArray<unknown>): string => lines.map((line) => `${escapeControlJson(line)}\n`).join("")

/** Names of standard output: the convention of programs, and the paths of the system. */
const standardOutputNames: ReadonlySet<string> = new Set(["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])

/** Returns whether the path is standard output. */
export const isStandardOutput = (path: string): boolean => standardOutputNames.has(path)

const writeOutput = (text: string) =>
  Effect.tryPromise({
    try: async () => {
      if (!process.stdout.write(text)) await once(process.stdout, "drain")
    },
    catch: (cause) => new FileError({ path: "standard output", cause }),
  })

/** Standard output; each write waits until the reader has accepted the lines. */
export const standardOutput: LineSink = {
  write: (lines) => writeOutput(textOf(lines)),
  writeText: writeOutput,
  finish: Effect.void,
}

const refused = ({ message }: FileExists): CommandFailed =>
  new CommandFailed({ message: `${message} Replace it with --force.` })

/** A file that only this user can read. It gets its name when it is complete. */
export const fileSink = (path: string, isReplacing: boolean) =>
  openAtomic(path, { isReplacing }).pipe(
    Effect.map(
      ({ commit, write }): LineSink => ({
        write: (lines) => write(textOf(lines)),
        writeText: write,
        finish: Effect.catchTag(commit, "FileExists", (error) => Effect.fail(refused(error))),
      }),
    ),
    Effect.catchTag("FileExists", (error) => Effect.fail(refused(error))),
  )
