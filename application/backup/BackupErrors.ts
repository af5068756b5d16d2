/** The errors of dumps and restores. Each message is one line for an operator. */
import { Data } from "effect"

/** The store has no tables of this service. */
export class NothingToDump extends Data.TaggedError("NothingToDump") {
  override get message(): string {
    return "The database has no tables of Taskwright: there is nothing to dump."
  }
}

/** A restore needs an empty store, because rows of two installations cannot be told apart. */
export class StoreNotEmpty extends Data.TaggedError("StoreNotEmpty")<{ readonly table: string }> {
  override get message(): string {
    return `The database is not empty: it has rows in ${this.table}. Nothing was restored; restore into a new database.`
  }
}

/** This build cannot use the store's schema or encoding. Nothing was changed. */
export class StoreUnusable extends Data.TaggedError("StoreUnusable")<{ readonly message: string }> {}

/** The dump has another schema than this build. */
export class SchemaMismatch extends Data.TaggedError("SchemaMismatch")<{
  readonly dumped: string
  readonly expected: string
}> {
  override get message(): string {
    const both = `its schema is ${this.dumped}, and that of this Taskwright is ${this.expected}`
    // Names of schemas begin with a number of four digits, so they sort by age.
    return this.dumped > this.expected
      ? `The dump was made by a newer Taskwright: ${both}. Restore it with that version.`
      : `The dump was made by an older Taskwright: ${both}. Restore it with that version, and then run this one's migrate.`
  }
}

/** The dump is incomplete or was changed. Nothing was restored. */
export class DumpDamaged extends Data.TaggedError("DumpDamaged")<{ readonly reason: string }> {
  override get message(): string {
    return `The dump is damaged: ${this.reason}. Nothing was restored.`
  }
}
