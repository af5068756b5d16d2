/** The tool that reads what was changed lately. */
import { Effect, Schema } from "effect"
import { readHistory } from "../../../application/changes/ReadHistory.ts"
import { now } from "../../../application/shared/Now.ts"
import type { Identity } from "../../../domain/accounts/Identity.ts"
import { actorOf } from "../../../domain/changes/Actor.ts"
import { CursorPageLimit } from "../../../domain/shared/Page.ts"
import { plusMillis, TimestampFromRfc3339 } from "../../../domain/shared/Timestamp.ts"
import { Uuid } from "../../../domain/shared/Uuid.ts"
import { fittingCount } from "../AnswerLimit.ts"
import { objectOf, optional } from "../schema/Arguments.ts"
import { answerSchema, changeSchema, listSchema, notice, noticeSchema, toChange, types } from "../TaskAnswers.ts"
import { readTool } from "../Tool.ts"

const maxHours = 2_400
const defaultHours = 24
const hourMillis = 60 * 60 * 1000
const maxChanges = 50

const fields = {
  since: optional(TimestampFromRfc3339, { type: "string", format: "date-time", description: "RFC 3339" }),
  hours: optional(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: maxHours })), {
    type: "integer",
    minimum: 1,
    maximum: maxHours,
    description: `Instead of since; ${defaultHours} by default`,
  }),
  actor: optional(Schema.Union([Schema.Literal("me"), Uuid]), {
    type: "string",
    description: "me, or the id of an actor in an answer",
  }),
  cursor: optional(Schema.String.check(Schema.isMaxLength(200)), { type: "string", maxLength: 200 }),
}

export const recentChanges = readTool({
  name: "recent_changes",
  title: "Recent changes",
  description: "List what was changed, by whom and in which batch, the newest first.",
  scopes: ["tasks:read"],
  input: objectOf(fields),
  outputSchema: answerSchema({
    notice: noticeSchema,
    changes: listSchema(changeSchema),
    next_cursor: types.nullableText,
  }),
  read: ({ actor, cursor, hours, since }, { identity }) =>
    Effect.gen(function* () {
      const from = since ?? plusMillis(yield* now, -(hours ?? defaultHours) * hourMillis)
      const query = {
        userId: identity.userId,
        cursor: cursor ?? undefined,
        actorId: actor == null ? undefined : actorIdOf(actor, identity),
      }
      const first = yield* readHistory({ ...query, limit: CursorPageLimit.make(maxChanges) })
      const changes = first.data.filter(({ at }) => at >= from).map(toChange)
      const count = fittingCount(changes)
      const isCut = count < changes.length
      // A shorter page ends where the answer does, so its cursor continues there.
      const page = isCut ? yield* readHistory({ ...query, limit: CursorPageLimit.make(count) }) : first
      const isLast = !isCut && changes.length < first.data.length
      return {
        notice,
        changes: isCut ? page.data.map(toChange) : changes,
        next_cursor: isLast ? null : page.nextCursor,
      }
    }),
})

const actorIdOf = (actor: "me" | typeof Uuid.Type, identity: Identity): typeof Uuid.Type | undefined =>
  actor === "me" ? (actorOf(identity).id ?? undefined) : actor
