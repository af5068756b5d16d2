/** Small JSON files of the command: credentials, and remembered lists. */
import { mkdirSync, readFileSync, rmSync } from "node:fs"
import { dirname } from "node:path"
import { Effect, Schema } from "effect"
import { writeAtomic } from "./AtomicFile.ts"
import { codeOf, FileError } from "./FileErrors.ts"

/**
 * Returns the file's content, decoded by the schema. Returns null if the file is missing or this version cannot decode
 * it.
 */
export const readPrivate = <A, I>(path: string, schema: Schema.Codec<A, I>): Effect.Effect<A | null, FileError> =>
  Effect.try({
    try: () => readFileSync(path, "utf8"),
    catch: (cause) => (codeOf(cause) === "ENOENT" ? null : new FileError({ path, cause })),
  }).pipe(
    Effect.flatMap((text) =>
      Schema.decodeUnknownEffect(Schema.fromJsonString(schema))(text).pipe(Effect.orElseSucceed(() => null)),
    ),
    Effect.catchIf(
      (error) => error === null,
      () => Effect.succeed(null),
    ),
  )

/** Replaces the content as a whole; only this user can read it (file 0600, folder 0700). */
export const writePrivate = (path: string, content: unknown): Effect.Effect<void, FileError> =>
  Effect.try({
    try: () => mkdirSync(dirname(path), { recursive: true, mode: 0o700 }),
    catch: (cause) => new FileError({ path, cause }),
  }).pipe(
    Effect.andThen(writeAtomic(path, `${JSON.stringify(content)}\n`, { isReplacing: true })),
    Effect.catchTag("FileExists", Effect.die),
  )

/** Removes the file if it exists. */
export const removePrivate = (path: string): Effect.Effect<void, FileError> =>
  Effect.try({ try: () => rmSync(path, { force: true }), catch: (cause) => new FileError({ path, cause }) })
