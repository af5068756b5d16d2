import { Effect } from "effect"
import { plusMillis } from "../../domain/shared/Timestamp.ts"
import { now } from "../shared/Now.ts"
import { UnitOfWork } from "../shared/UnitOfWork.ts"
import { DeletedTaskRetention } from "./DeletedTaskRetention.ts"
import { type ExpiredBefore, ExpiredRecords, type RemovedCounts } from "./ExpiredRecords.ts"

const hourMillis = 60 * 60 * 1000
const dayMillis = 24 * hourMillis

/**
 * How long a session is kept after its end, and any token after its expiry. An access token of an ended session is
 * refused because the end can be read, and it lives a day at most; the hour is for leeways and clocks that differ.
 */
const overMillis = dayMillis + hourMillis
const sentEmailMillis = 7 * dayMillis
const deadLetterMillis = 30 * dayMillis

/** Small enough that no batch keeps anybody waiting. */
const batchRows = 1_000
/** What the end of a command takes no notice of. */
const stepRows = 250
/** Between two batches, so that a million rows do not take the store from everybody else. */
const pauseMillis = 100
/** What is left after that many is for the next run. */
const maximumBatches = 1_000

const nothing: RemovedCounts = {
  sessions: 0,
  endedSessions: 0,
  refreshTokens: 0,
  emailVerifications: 0,
  passwordResets: 0,
  outgoingEmails: 0,
  tasks: 0,
}

const plus = (one: RemovedCounts, other: RemovedCounts): RemovedCounts => ({
  sessions: one.sessions + other.sessions,
  endedSessions: one.endedSessions + other.endedSessions,
  refreshTokens: one.refreshTokens + other.refreshTokens,
  emailVerifications: one.emailVerifications + other.emailVerifications,
  passwordResets: one.passwordResets + other.passwordResets,
  outgoingEmails: one.outgoingEmails + other.outgoingEmails,
  tasks: one.tasks + other.tasks,
})

const isFull = (batch: RemovedCounts): boolean => Object.values(batch).some((rows) => rows >= batchRows)

/** What is over now. */
const overBefore = Effect.gen(function* () {
  const time = yield* now
  return {
    sessionsAndTokens: plusMillis(time, -overMillis),
    sentEmails: plusMillis(time, -sentEmailMillis),
    deadLetters: plusMillis(time, -deadLetterMillis),
    deletedTasks: plusMillis(time, -(yield* DeletedTaskRetention)),
  }
})

/** Removes one batch of at most `limit` rows of each kind; null where another process is at it. */
const removeBatch = Effect.fnUntraced(function* (before: ExpiredBefore, limit: number) {
  const housekeeping = yield* ExpiredRecords
  const { atomically } = yield* UnitOfWork
  return yield* atomically(housekeeping.removeBatch(before, limit))
})

/**
 * Removes what nobody can use any more, in batches of 1,000 rows of each kind with a unit of work each, and tells how
 * many: sessions and tokens 25 hours after their end, sent mails after 7 days, dead letters after 30, deleted tasks
 * after `DeletedTaskRetention`. Ends early where another process is at it; a run removes at most 1,000 batches.
 */
export const cleanUp = Effect.fn("cleanUp")(function* () {
  const before = yield* overBefore
  let removed = nothing
  for (let batches = 0; batches < maximumBatches; batches++) {
    if (batches > 0) yield* Effect.sleep(pauseMillis)
    const batch = yield* removeBatch(before, batchRows)
    if (batch === null) break
    removed = plus(removed, batch)
    if (!isFull(batch)) break
  }
  return removed
})

/**
 * Removes at most 250 rows of each kind of what `cleanUp` removes: a step that a short-lived process can afford. The
 * steps of many such processes do together what a run does.
 */
export const cleanUpStep = Effect.fn("cleanUpStep")(function* () {
  return (yield* removeBatch(yield* overBefore, stepRows)) ?? nothing
})
