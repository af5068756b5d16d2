/** Defines the body of an undo: what is taken back, and how. */
import { Schema } from "effect"
import { SessionId } from "../../../../domain/accounts/SessionId.ts"
import { BatchId } from "../../../../domain/changes/BatchId.ts"
import { ChangeId } from "../../../../domain/changes/ChangeId.ts"
import { UndoTarget } from "../../../../domain/changes/UndoPlan.ts"
import { TimestampFromRfc3339 } from "../../../../domain/shared/Timestamp.ts"
import { Uuid, withLowerCase } from "../../../../domain/shared/Uuid.ts"
import {
  batchIdExample,
  changeIdExample,
  describeEncoded,
  describeEncodedText,
  sessionIdExample,
} from "./SchemaAnnotations.ts"

const id = <S extends Schema.Codec<string, string>>(schema: S, description: string, example: S["Encoded"]) =>
  Schema.optionalKey(describeEncoded(schema, { description, example, format: "uuid" }))

/** Whether exactly one of the fields is there. */
const hasOne = (...fields: ReadonlyArray<unknown>): boolean =>
  fields.filter((field) => field !== undefined).length === 1

const ActorPayload = Schema.Struct({
  session_id: id(SessionId, "The id of a session.", sessionIdExample),
  token_id: id(withLowerCase(Uuid), "The id of an API token.", sessionIdExample),
})
  .check(
    Schema.makeFilter(
      ({ session_id, token_id }: { readonly session_id?: string; readonly token_id?: string }) =>
        hasOne(session_id, token_id),
      { message: "must have exactly one of session_id and token_id" },
    ),
  )
  .annotate({ identifier: "ActorReference" })
  .pipe(
    Schema.annotateEncoded({
      description: "A session or a token: exactly one of the two is required.",
      examples: [{ session_id: sessionIdExample }],
    }),
  )

/** Each of its errors is that of one field. */
export const UndoPayload = Schema.Struct({
  change_id: id(ChangeId, "Takes back this change.", changeIdExample),
  batch_id: id(BatchId, "Takes back what one request changed: its `Undo-Id`.", batchIdExample),
  actor: Schema.optionalKey(ActorPayload),
  since: Schema.optionalKey(
    describeEncodedText(TimestampFromRfc3339, {
      description:
        "Takes back what `actor` did since this time: RFC 3339 with any offset. Required with `actor`, and only there.",
      example: "2026-11-24T16:00:00.000Z",
      format: "date-time",
    }),
  ),
  partial: Schema.optionalKey(
    Schema.Boolean.annotate({
      description:
        "Whether to take back the rest if a part is blocked; `skipped` then names that part. False by default.",
      examples: [false],
    }),
  ),
  dry_run: Schema.optionalKey(
    Schema.Boolean.annotate({
      description: "Whether to respond with what would be done, and to write nothing. False by default.",
      examples: [false],
    }),
  ),
})
  .check(
    Schema.makeFilter(({ actor, batch_id, change_id, since }: UndoFields) => {
      if (!hasOne(actor, batch_id, change_id)) {
        return {
          path: [change_id === undefined ? "change_id" : batch_id === undefined ? "actor" : "batch_id"],
          issue: "exactly one of change_id, batch_id and actor is required",
        }
      }
      if (actor !== undefined && since === undefined) return { path: ["since"], issue: "is required with actor" }
      return actor === undefined && since !== undefined
        ? { path: ["since"], issue: "must be absent without actor" }
        : undefined
    }, {}),
  )
  .annotate({ identifier: "UndoRequest" })
  .pipe(
    Schema.annotateEncoded({
      description: "Exactly one of `change_id`, `batch_id` and `actor` is required.",
      examples: [{ batch_id: batchIdExample }],
    }),
  )
export interface UndoPayload extends Schema.Schema.Type<typeof UndoPayload> {}

interface UndoFields {
  readonly change_id?: ChangeId
  readonly batch_id?: BatchId
  readonly actor?: { readonly session_id?: SessionId; readonly token_id?: string }
  readonly since?: (typeof TimestampFromRfc3339)["Type"]
}

/** Returns the target of a body that was decoded. */
export const targetOf = ({ actor, batch_id, change_id, since }: UndoPayload): UndoTarget => {
  if (change_id !== undefined) return UndoTarget.OneChange({ changeId: change_id })
  if (batch_id !== undefined) return UndoTarget.Batch({ batchId: batch_id })
  if (actor?.session_id !== undefined && since !== undefined) {
    return UndoTarget.SinceTime({ actor: { kind: "session", id: actor.session_id }, since })
  }
  if (actor?.token_id !== undefined && since !== undefined) {
    return UndoTarget.SinceTime({ actor: { kind: "token", id: actor.token_id }, since })
  }
  throw new Error("The body of an undo names no target, though it was checked.")
}
