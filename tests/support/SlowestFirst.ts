/** Starts the slowest test files first, so that at the end of a run no worker waits for another. */
import { BaseSequencer, type TestSpecification } from "vitest/node"

/** The files that take longest run many suites, or wait for real servers. Vitest itself knows only their sizes. */
const slowest = /tests\/(?:http\/(?:memory|postgres|redis|pgBouncer)|contracts\/redis.*)\.test\.ts$/

const rankOf = ({ moduleId }: TestSpecification): number => (slowest.test(moduleId) ? 0 : 1)

export default class SlowestFirst extends BaseSequencer {
  override async sort(files: Array<TestSpecification>): Promise<Array<TestSpecification>> {
    return (await super.sort(files)).toSorted((one, other) => rankOf(one) - rankOf(other))
  }
}
