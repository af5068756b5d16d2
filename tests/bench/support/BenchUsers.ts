/** The users of a benchmark, with the ids of their records. Several databases can be given the same users. */
import { uuidV7Unsafe } from "effect/crypto/SecureRandom"

/** The records that a user of a benchmark has before it begins. */
export interface BenchUser {
  readonly userId: string
  readonly sessionId: string
  readonly email: string
  readonly taskIds: ReadonlyArray<string>
  readonly categoryIds: ReadonlyArray<string>
  /** One change for each of the first tasks: its creation. */
  readonly changeIds: ReadonlyArray<string>
}

export interface RecordCounts {
  readonly tasks: number
  readonly categories: number
  /** At most as many as tasks. Default: none. */
  readonly changes?: number
}

const ids = (count: number): ReadonlyArray<string> => Array.from({ length: count }, () => uuidV7Unsafe())

/** Makes users with new ids. Stores nothing. */
export const makeUsers = (count: number, { categories, changes = 0, tasks }: RecordCounts): ReadonlyArray<BenchUser> =>
  Array.from({ length: count }, () => {
    const userId = uuidV7Unsafe()
    return {
      userId,
      sessionId: uuidV7Unsafe(),
      email: `${userId}@example.com`,
      taskIds: ids(tasks),
      categoryIds: ids(categories),
      changeIds: ids(changes),
    }
  })
