// Small JSON files that the command keeps for itself: credentials, and what it remembers.

import { mkdirSync, readFileSync, rmSync } from "node:fs"
import { dirname } from "node:path"
import { Effect, Schema } from "effect"
import { writeAtomic } from "./AtomicFile.ts"
import { codeOf, FileUnusable } from "./FileUnusable.ts"

/** The file's content by the schema; null where there is no file, or one that this version does not understand. */
export const readPrivate = <A, I>(path: string, schema: Schema.Codec<A, I>): Effect.Effect<A | null, FileUnusable> =>
  Effect.try({
    try: () => readFileSync(path, "utf8"),
    catch: (cause) => (codeOf(cause) === "ENOENT" ? null : new FileUnusable({ path, cause })),
  }).pipe(
    Effect.flatMap((text) =>
      Schema.decodeUnknownEffect(Schema.fromJsonString(schema))(text).pipe(Effect.orElseSucceed(() => null)),
    ),
    Effect.catchIf(
      (error) => error === null,
      () => Effect.succeed(null),
    ),
  )

/** Puts the content in place as a whole, for this user's eyes alone (file 0600, folder 0700). */
export const writePrivate = (path: string, content: unknown): Effect.Effect<void, FileUnusable> =>
  Effect.try({
    try: () => mkdirSync(dirname(path), { recursive: true, mode: 0o700 }),
    catch: (cause) => new FileUnusable({ path, cause }),
  }).pipe(
    Effect.andThen(writeAtomic(path, `${JSON.stringify(content)}\n`, { isReplacing: true })),
    Effect.catchTag("FileExists", Effect.die),
  )

/** Removes the file, if it is there. */
export const removePrivate = (path: string): Effect.Effect<void, FileUnusable> =>
  Effect.try({ try: () => rmSync(path, { force: true }), catch: (cause) => new FileUnusable({ path, cause }) })
