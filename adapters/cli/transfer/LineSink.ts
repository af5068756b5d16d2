import { once } from "node:events"
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs"
import { Effect } from "effect"
import { plainJson } from "../output/Plain.ts"
import { FileUnusable } from "../PrivateFile.ts"
import { Refused } from "../Refusals.ts"

/** Takes lines of JSON one after the other. */
export interface LineSink {
  readonly write: (lines: ReadonlyArray<unknown>) => Effect.Effect<void, FileUnusable>
  /** Everything has been written. */
  readonly finish: Effect.Effect<void, FileUnusable>
}

const textOf = (lines: ReadonlyArray<unknown>): string => lines.map((line) => `${plainJson(line)}\n`).join("")

/** Standard output; it waits for whoever reads it. */
export const standardOutput: LineSink = {
  write: (lines) =>
    Effect.promise(async () => {
      if (!process.stdout.write(textOf(lines))) await once(process.stdout, "drain")
    }),
  finish: Effect.void,
}

/**
 * A file for this user's eyes alone. It takes its name when it is whole, so that half an export never looks like one.
 */
export const fileSink = (path: string, isReplacing: boolean) =>
  Effect.gen(function* () {
    if (!isReplacing && existsSync(path)) {
      return yield* Effect.fail(new Refused({ message: `${path} is there already. Replace it with --force.` }))
    }
    const draft = `${path}.part`
    const attempt = <A>(run: () => A) => Effect.try({ try: run, catch: (cause) => new FileUnusable({ path, cause }) })
    const file = yield* Effect.acquireRelease(
      attempt(() => ({ descriptor: openSync(draft, "w", 0o600), isOpen: true })),
      (file) =>
        Effect.sync(() => {
          if (!file.isOpen) return
          closeSync(file.descriptor)
          rmSync(draft, { force: true })
        }),
    )
    return {
      write: (lines) =>
        attempt(() => {
          const bytes = Buffer.from(textOf(lines))
          for (let written = 0; written < bytes.length; ) written += writeSync(file.descriptor, bytes, written)
        }),
      finish: attempt(() => {
        fsyncSync(file.descriptor)
        closeSync(file.descriptor)
        file.isOpen = false
        renameSync(draft, path)
      }),
    } satisfies LineSink
  })
