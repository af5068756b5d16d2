import { randomUUID } from "node:crypto"
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { Data, Effect, Schema } from "effect"

/** A file of the command's own cannot be read or written. */
export class FileUnusable extends Data.TaggedError("FileUnusable")<{
  readonly path: string
  readonly cause: unknown
}> {
  override get message(): string {
    return `${this.path} cannot be used: ${this.cause instanceof Error ? this.cause.message : String(this.cause)}`
  }
}

const isMissing = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "ENOENT"

/** The file's content by the schema; null where there is no file, or one that this version does not understand. */
export const readPrivate = <A, I>(path: string, schema: Schema.Codec<A, I>): Effect.Effect<A | null, FileUnusable> =>
  Effect.try({
    try: () => readFileSync(path, "utf8"),
    catch: (cause) => (isMissing(cause) ? null : new FileUnusable({ path, cause })),
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
    try: () => {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
      const draft = `${path}.${randomUUID()}`
      try {
        writeFileSync(draft, `${JSON.stringify(content)}\n`, { mode: 0o600, flag: "wx", flush: true })
        renameSync(draft, path)
      } catch (error) {
        rmSync(draft, { force: true })
        throw error
      }
    },
    catch: (cause) => new FileUnusable({ path, cause }),
  })

/** Removes the file, if it is there. */
export const removePrivate = (path: string): Effect.Effect<void, FileUnusable> =>
  Effect.try({ try: () => rmSync(path, { force: true }), catch: (cause) => new FileUnusable({ path, cause }) })
