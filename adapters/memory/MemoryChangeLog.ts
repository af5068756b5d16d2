/**
 * The history of one user as an immutable value. Changes are found by their place. Those of one thing or one batch are
 * a chain that leads from each to the one before it. So neither reading nor adding depends on the length.
 */
import { HashMap, Option } from "effect"
import type { BatchId } from "../../domain/changes/BatchId.ts"
import type { Change, SequenceNumber } from "../../domain/changes/Change.ts"
import { type ChangeCursor, type ChangeMark, markOf, originMark } from "../../domain/changes/ChangeCursor.ts"
import type { ChangeId } from "../../domain/changes/ChangeId.ts"
import type { Timestamp } from "../../domain/shared/Timestamp.ts"

interface Entry {
  readonly change: Change
  /** The place of the change before this one of the same thing, and of the same batch; 0 if there is none. */
  readonly previousOfEntity: SequenceNumber
  readonly previousOfBatch: SequenceNumber
}

export interface ChangeLog {
  /** The place of the newest change, 0 if there was none. */
  readonly head: SequenceNumber
  /** The place of the last removed change and its mark, 0 and `originMark` if none was removed. */
  readonly floor: SequenceNumber
  readonly floorMark: ChangeMark
  readonly entries: HashMap.HashMap<SequenceNumber, Entry>
  readonly lastOfEntity: HashMap.HashMap<Change["entityId"], SequenceNumber>
  readonly lastOfBatch: HashMap.HashMap<BatchId, SequenceNumber>
}

const origin = 0 as SequenceNumber
const next = (seq: SequenceNumber): SequenceNumber => (seq + 1) as SequenceNumber
const previous = (seq: SequenceNumber): SequenceNumber => (seq - 1) as SequenceNumber

export const empty: ChangeLog = {
  head: origin,
  floor: origin,
  floorMark: originMark,
  entries: HashMap.empty(),
  lastOfEntity: HashMap.empty(),
  lastOfBatch: HashMap.empty(),
}

/** A change that has no place yet. */
export type NewChange = {
  readonly [E in Change["entity"]]: Omit<Extract<Change, { entity: E }>, "seq">
}[Change["entity"]]

/** Returns the history with the change as its newest. */
export const append = (log: ChangeLog, change: NewChange): ChangeLog => {
  const seq = next(log.head)
  return {
    ...log,
    head: seq,
    entries: HashMap.set(log.entries, seq, {
      change: { ...change, seq },
      previousOfEntity: Option.getOrElse(HashMap.get(log.lastOfEntity, change.entityId), () => origin),
      previousOfBatch: Option.getOrElse(HashMap.get(log.lastOfBatch, change.batchId), () => origin),
    }),
    lastOfEntity: HashMap.set(log.lastOfEntity, change.entityId, seq),
    lastOfBatch: HashMap.set(log.lastOfBatch, change.batchId, seq),
  }
}

const entryAt = (log: ChangeLog, seq: SequenceNumber): Entry | undefined =>
  Option.getOrUndefined(HashMap.get(log.entries, seq))

/** Returns the change at a place; none if it was removed, or is not made yet. */
export const changeAt = (log: ChangeLog, seq: SequenceNumber): Change | undefined => entryAt(log, seq)?.change

/** Returns the mark of the newest change, and of the floor if no change is kept. */
export const headMark = (log: ChangeLog): ChangeMark => {
  const newest = changeAt(log, log.head)
  return newest === undefined ? log.floorMark : markOf(newest.id)
}

/** Returns the place after the newest change. */
export const latest = (log: ChangeLog): ChangeCursor => ({ seq: log.head, mark: headMark(log) })

/** Yields the changes after a place, the oldest first. */
export function* after(log: ChangeLog, place: SequenceNumber): Generator<Change> {
  for (let seq = next(place < log.floor ? log.floor : place); seq <= log.head; seq = next(seq)) {
    const change = changeAt(log, seq)
    if (change !== undefined) yield change
  }
}

/** Yields the changes before a place (null: all), the newest first. */
export function* before(log: ChangeLog, place: SequenceNumber | null): Generator<Change> {
  const last = place === null || place > log.head ? log.head : previous(place)
  for (let seq = last; seq > log.floor; seq = previous(seq)) {
    const change = changeAt(log, seq)
    if (change !== undefined) yield change
  }
}

function* chain(
  log: ChangeLog,
  last: Option.Option<SequenceNumber>,
  previousOf: (entry: Entry) => SequenceNumber,
): Generator<Change> {
  let entry = entryAt(
    log,
    Option.getOrElse(last, () => origin),
  )
  for (; entry !== undefined; entry = entryAt(log, previousOf(entry))) yield entry.change
}

/** Yields the changes of a thing, the newest first. */
export const ofEntity = (log: ChangeLog, entityId: Change["entityId"]): Generator<Change> =>
  chain(log, HashMap.get(log.lastOfEntity, entityId), ({ previousOfEntity }) => previousOfEntity)

/** Yields the changes of a batch, the newest first. */
export const ofBatch = (log: ChangeLog, batchId: BatchId): Generator<Change> =>
  chain(log, HashMap.get(log.lastOfBatch, batchId), ({ previousOfBatch }) => previousOfBatch)

/** Returns the change with this id. The ids of one process grow, so their order is that of the places. */
export const findById = (log: ChangeLog, id: ChangeId): Change | undefined => {
  let low = next(log.floor)
  let high = log.head
  while (low <= high) {
    const middle = Math.floor((low + high) / 2) as SequenceNumber
    const change = changeAt(log, middle)
    if (change === undefined || change.id === id) return change
    if (change.id < id) low = next(middle)
    else high = previous(middle)
  }
  return undefined
}

/** Returns the history without the values of a thing's changes. */
export const blank = (log: ChangeLog, entityId: Change["entityId"]): ChangeLog => {
  let { entries } = log
  for (const { seq } of ofEntity(log, entityId)) {
    entries = HashMap.modify(entries, seq, (entry) => ({
      ...entry,
      change: { ...entry.change, before: null, after: null },
    }))
  }
  return { ...log, entries }
}

/**
 * Removes at most `limit` changes from before a time, from the oldest on, up to the first that is not older. Returns the
 * rest and the number of removed ones.
 */
export const trim = (log: ChangeLog, time: Timestamp, limit: number): readonly [left: ChangeLog, removed: number] => {
  let { entries, floor, floorMark, lastOfBatch, lastOfEntity } = log
  let removed = 0
  for (const { at, batchId, entityId, id, seq } of after(log, floor)) {
    if (removed >= limit || at >= time) break
    entries = HashMap.remove(entries, seq)
    if (Option.contains(HashMap.get(lastOfEntity, entityId), seq)) lastOfEntity = HashMap.remove(lastOfEntity, entityId)
    if (Option.contains(HashMap.get(lastOfBatch, batchId), seq)) lastOfBatch = HashMap.remove(lastOfBatch, batchId)
    floor = seq
    floorMark = markOf(id)
    removed++
  }
  return [{ ...log, entries, floor, floorMark, lastOfBatch, lastOfEntity }, removed]
}
