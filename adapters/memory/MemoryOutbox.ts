/** Implements `Outbox` on the memory store. */
import { Effect, HashMap, Layer, Option, Result } from "effect"
import { type ClaimedEmail, Outbox } from "../../application/outbox/Outbox.ts"
import type { Timestamp } from "../../domain/shared/Timestamp.ts"
import { type EmailRow, MemoryStore, ownedRows, rowsOf, type State, withRows } from "./MemoryStore.ts"

const withEmail = (state: State, row: EmailRow): State => {
  const { id, userId } = row.email
  const rows = ownedRows(state, userId)
  return {
    ...withRows(state, userId, { ...rows, emails: HashMap.set(rows.emails, id, row) }),
    waitingEmails:
      row.dueAt === null ? HashMap.remove(state.waitingEmails, id) : HashMap.set(state.waitingEmails, id, userId),
  }
}

interface WaitingEmail extends EmailRow {
  readonly dueAt: Timestamp
}

const isWaiting = (row: EmailRow | undefined): row is WaitingEmail => row !== undefined && row.dueAt !== null

const rowOf = (state: State, { id, userId }: Pick<ClaimedEmail, "id" | "userId">): EmailRow | undefined => {
  const rows = rowsOf(state, userId)
  return rows === undefined ? undefined : Option.getOrUndefined(HashMap.get(rows.emails, id))
}

/** Returns all emails that are still to be sent. Emails of a deleted account are left out. */
const waitingRows = (state: State): ReadonlyArray<WaitingEmail> =>
  HashMap.toEntries(state.waitingEmails)
    .map(([id, userId]) => rowOf(state, { id, userId }))
    .filter(isWaiting)

const byDueTime = (one: WaitingEmail, other: WaitingEmail): number =>
  one.dueAt !== other.dueAt ? (one.dueAt < other.dueAt ? -1 : 1) : one.email.id < other.email.id ? -1 : 1

type ClaimResult = readonly [ReadonlyArray<ClaimedEmail>, State]

/** The outbox in the memory store, by user. */
export const layer: Layer.Layer<Outbox, never, MemoryStore> = Layer.effect(
  Outbox,
  Effect.gen(function* () {
    const { modify, read, write } = yield* MemoryStore

    /** Changes the email if it is still waiting; with `attempts`, only if it has not been claimed again. */
    const change = (email: ClaimedEmail, update: (row: EmailRow) => EmailRow, attempts?: number) =>
      write((state) => {
        const row = rowOf(state, email)
        const isDone = !isWaiting(row) || (attempts !== undefined && row.attempts !== attempts)
        return Result.succeed(isDone ? state : withEmail(state, update(row)))
      })

    return Outbox.of({
      add: (email) =>
        write((state) =>
          Result.succeed(
            withEmail(state, {
              email,
              attempts: 0,
              dueAt: email.createdAt,
              sentAt: null,
              failedAt: null,
              lastError: null,
            }),
          ),
        ),
      claim: ({ at, limit, until }) =>
        modify((state): Result.Result<ClaimResult> => {
          const waiting = waitingRows(state)
          const due = waiting
            .filter(({ dueAt }) => dueAt <= at)
            .sort(byDueTime)
            .slice(0, limit)
            .map((row) => ({ ...row, attempts: row.attempts + 1, dueAt: until }))
          return Result.succeed([
            due.map(({ attempts, email }) => ({ ...email, attempts })),
            // Rebuild the index from the waiting rows; this also drops the emails of deleted accounts.
            due.reduce<State>(withEmail, {
              ...state,
              waitingEmails: HashMap.fromIterable(waiting.map(({ email }) => [email.id, email.userId] as const)),
            }),
          ])
        }),
      markSent: (email, at) => change(email, (row) => ({ ...row, dueAt: null, sentAt: at, lastError: null })),
      postpone: (email, until, reason) =>
        change(email, (row) => ({ ...row, dueAt: until, lastError: reason }), email.attempts),
      markDead: (email, at, reason) =>
        change(email, (row) => ({ ...row, dueAt: null, failedAt: at, lastError: reason }), email.attempts),
      countSince: (userId, kind, at) =>
        read((state) => {
          const rows = rowsOf(state, userId)
          const emails = rows === undefined ? [] : HashMap.toValues(rows.emails)
          return Effect.succeed(emails.filter(({ email }) => email.kind === kind && email.createdAt >= at).length)
        }),
      counts: read((state) => {
        const isDead = ({ failedAt }: EmailRow) => failedAt !== null
        const dead = HashMap.reduce(
          state.users,
          0,
          (count, { emails }) => count + HashMap.toValues(emails).filter(isDead).length,
        )
        return Effect.succeed({ waiting: waitingRows(state).length, dead })
      }),
      oldestWaiting: read((state) =>
        Effect.succeed(
          waitingRows(state).reduce<Option.Option<Timestamp>>(
            (oldest, { email: { createdAt } }) =>
              Option.isSome(oldest) && oldest.value <= createdAt ? oldest : Option.some(createdAt),
            Option.none(),
          ),
        ),
      ),
    })
  }),
)
