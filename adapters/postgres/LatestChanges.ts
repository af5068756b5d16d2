/** Reads how far histories go, those of several users in one statement. */
import { Effect } from "effect"
import type { ChangeRepository } from "../../application/changes/ChangeRepository.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import type { SequenceNumber } from "../../domain/changes/Change.ts"
import { selectLatest } from "./ChangeStatements.ts"
import { isConnectionLoss } from "./client/PostgresErrors.ts"
import type { PostgresStatements } from "./client/PostgresStatements.ts"
import { statementGroups } from "./StatementGroups.ts"

type LatestOf = ChangeRepository["Service"]["latestOf"]
type Latest = Effect.Success<ReturnType<LatestOf>>

interface LatestRow {
  readonly user_id: UserId
  readonly seq: SequenceNumber
}

const toLatest = (rows: ReadonlyArray<LatestRow>): Latest => new Map(rows.map(({ seq, user_id }) => [user_id, seq]))

/** Makes the read. Under load, reads of one user each run in groups; a group may have several of the same user. */
export const latestChanges = (database: PostgresStatements): LatestOf => {
  const readInGroup = statementGroups<ReadonlyArray<UserId>, ReadonlyArray<UserId>, Latest>({
    maxSize: 250,
    keyOf: (userIds) => userIds,
    // Alone, a read is repeated once.
    mayRunAlone: isConnectionLoss,
    runGroup: (reads) =>
      Effect.map(database.tryQuery<LatestRow>(selectLatest, [[...new Set(reads.flat())]]), (rows) => {
        const latest = toLatest(rows)
        return new Map(reads.map((read) => [read, latest]))
      }),
  })
  return (userIds) =>
    Effect.withFiber((fiber) => {
      const alone = Effect.suspend(() => Effect.map(database.read<LatestRow>(selectLatest, [userIds]), toLatest))
      return userIds.length === 1 && database.mayJoinGroup(fiber)
        ? readInGroup(userIds, alone, (latest) => latest)
        : alone
    })
}
