/** References within a batch: an operation names what an earlier one creates, before it has an id. */
import { Data, Option, Result, Schema } from "effect"
import type { Entity } from "./EntityState.ts"

/** The name that an operation gives to what it creates, for later operations of the same batch. */
export const BatchReference = Schema.String.check(
  Schema.isPattern(/^[A-Za-z0-9_-]{1,64}$/, { message: "must be 1 to 64 characters of A-Z, a-z, 0-9, _ and -" }),
).pipe(Schema.brand("BatchReference"))
export type BatchReference = typeof BatchReference.Type

/** The text `$name`, which stands in the place of an id. */
export const ReferenceText = Schema.String.check(
  Schema.isPattern(/^\$[A-Za-z0-9_-]{1,64}$/, { message: "must be $ and the name that an earlier operation gives" }),
).pipe(Schema.brand("ReferenceText"))
export type ReferenceText = typeof ReferenceText.Type

/** Returns the name in the text `$name`, which stands in the place of an id. None for every other text. */
export const parseReference = (text: string): Option.Option<BatchReference> =>
  text.startsWith("$") ? Schema.decodeOption(BatchReference)(text.slice(1)) : Option.none()

/** The maximum number of operations in a batch. */
export const maxBatchOperations = 100

/** An operation of a batch, as far as references go. Paths lead from the operation to its fields. */
export interface BatchOperation {
  /** What the operation creates under a name. Null if it creates nothing, or gives no name. */
  readonly creates: { readonly entity: Entity; readonly name: BatchReference; readonly path: Path } | null
  /** What the operation names, and which kind of thing is expected there. */
  readonly names: ReadonlyArray<{ readonly entity: Entity; readonly name: BatchReference; readonly path: Path }>
}

type Path = ReadonlyArray<string | number>

/** One reference that cannot be resolved. The path begins with the index of its operation. */
export interface ReferenceIssue {
  readonly path: Path
  readonly name: BatchReference
  /**
   * `duplicate`: an earlier operation has the same name. `unknown`: no operation creates such a thing under the name.
   * `forward`: a later operation does, or the same one.
   */
  readonly reason: "duplicate" | "unknown" | "forward"
}

/** References of a batch are doubled, unknown or forward. Nothing of the batch was done. */
export class InvalidReferences extends Data.TaggedError("InvalidReferences")<{
  readonly issues: ReadonlyArray<ReferenceIssue>
}> {}

/** Checks that each name is given once, and that each reference names what an earlier operation creates. */
export const checkReferences = (operations: ReadonlyArray<BatchOperation>): Result.Result<void, InvalidReferences> => {
  const issues: Array<ReferenceIssue> = []
  const createdBy = new Map<BatchReference, { readonly index: number; readonly entity: Entity }>()
  for (const [index, { creates }] of operations.entries()) {
    if (creates === null) continue
    const { entity, name, path } = creates
    if (createdBy.has(name)) issues.push({ path: [index, ...path], name, reason: "duplicate" })
    else createdBy.set(name, { index, entity })
  }
  for (const [index, { names }] of operations.entries()) {
    for (const { entity, name, path } of names) {
      const created = createdBy.get(name)
      const reason =
        created === undefined || created.entity !== entity ? "unknown" : created.index >= index ? "forward" : null
      if (reason !== null) issues.push({ path: [index, ...path], name, reason })
    }
  }
  return issues.length === 0 ? Result.void : Result.fail(new InvalidReferences({ issues }))
}
