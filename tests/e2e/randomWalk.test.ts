/** Holds every store to one model through random sequences of operations. */
import { Effect, Layer } from "effect"
import * as fc from "fast-check"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import * as SigningKeys from "../../adapters/crypto/SigningKeys.ts"
import * as MemoryRepositories from "../../adapters/memory/MemoryRepositories.ts"
import * as Embedded from "../../adapters/postgres/embedded/EmbeddedPostgres.ts"
import * as Migrations from "../../adapters/postgres/migrations/Migrations.ts"
import * as PostgresRepositories from "../../adapters/postgres/PostgresRepositories.ts"
import { describeOnPostgres, freshRepositories, serverUrl } from "../support/postgres.ts"
import { accountSteps, openAccount } from "./walk/accountSteps.ts"
import { assignmentSteps } from "./walk/assignmentSteps.ts"
import { categorySteps } from "./walk/categorySteps.ts"
import { endedSessions, everythingOf } from "./walk/finalState.ts"
import * as input from "./walk/inputs.ts"
import type { Model } from "./walk/Model.ts"
import { ask, type Plan, Step, TimePasses, type World } from "./walk/Step.ts"
import { startStore } from "./walk/Store.ts"
import { taskSteps } from "./walk/taskSteps.ts"

const operationsWanted = 4_000
const walksAtOnce = 10
const longestWalk = 500

const embedded = PostgresRepositories.layer.pipe(Layer.provide(Migrations.layer), Layer.provide(Embedded.layer({})))

/** The operation, with its frequency relative to the others. */
const times = <Input>(
  weight: number,
  name: string,
  { input, plan }: { readonly input: fc.Arbitrary<Input>; readonly plan: (model: Model, input: Input) => Plan },
) => Array.from({ length: weight }, () => input.map((value) => new Step(name, value, plan)))

const anyStep = [
  ...times(9, "createTask", taskSteps.create),
  ...times(1, "createTask, and give it up", taskSteps.createInVain),
  ...times(2, "getTask", taskSteps.get),
  ...times(5, "listTasks", taskSteps.list),
  ...times(5, "updateTask", taskSteps.update),
  ...times(3, "mergeTask", taskSteps.merge),
  ...times(2, "deleteTask", taskSteps.remove),
  ...times(2, "restoreTask", taskSteps.restore),
  ...times(4, "assignCategory", assignmentSteps.assign),
  ...times(2, "removeCategory", assignmentSteps.unassign),
  ...times(3, "createCategory", categorySteps.create),
  ...times(1, "listCategories", categorySteps.list),
  ...times(2, "updateCategory", categorySteps.update),
  ...times(1, "deleteCategory", categorySteps.remove),
  ...times(1, "restoreCategory", categorySteps.restore),
  ...times(1, "open an account", accountSteps.open),
  ...times(1, "getAccount", accountSteps.get),
  ...times(1, "find an account", accountSteps.find),
  ...times(1, "rename an account", accountSteps.rename),
  ...times(1, "askForVerification", accountSteps.askForVerification),
  ...times(1, "verifyEmail", accountSteps.verify),
  ...times(1, "startSession", accountSteps.logIn),
  ...times(2, "refreshSession", accountSteps.refresh),
  ...times(1, "logOut", accountSteps.logOut),
  ...times(1, "authenticate", accountSteps.authenticate),
  ...Array.from({ length: 3 }, () => input.pause.map((millis) => new TimePasses(millis))),
]

const world: World = { stores: [], operations: 0, millis: Date.UTC(2026, 10, 24, 12) }
let walks = 0

beforeAll(async () => {
  const keys = await Effect.runPromise(SigningKeys.generate)
  world.stores.push(startStore("memory", MemoryRepositories.layer, keys), startStore("embedded", embedded, keys))
  if (serverUrl !== undefined) world.stores.push(startStore("PostgreSQL", freshRepositories(), keys))
})

afterAll(() => Promise.all(world.stores.map((store) => store.stop())))

/** Starts with two users, runs the walk, and compares everything that is stored at the end. */
const walk = async (commands: Iterable<fc.AsyncCommand<Model, World>>): Promise<void> => {
  const began = world.millis
  const model: Model = {
    walk: ++walks,
    millis: began,
    users: [],
    categories: [],
    deletedCategories: [],
    categoryHistories: new Map(),
    tasks: [],
    sessions: [],
    verifications: [],
  }
  for (const email of [0, 1]) await ask(model, world, openAccount(model, { email }), "the first accounts")
  await fc.asyncModelRun(() => ({ model, real: world }), commands)
  for (const user of model.users) await ask(model, world, everythingOf(model, user), "what is left in the end")
  await ask(model, world, endedSessions(model), "the sessions that ended")
  // The next walk must not see this one's data.
  world.millis += 1
}

const answersAgree = fc.asyncProperty(fc.commands(anyStep, { maxCommands: longestWalk, size: "max" }), walk)

// A failure prints the shortest walk that fails. It also prints the `seed` and `path` for `fc.assert` and the
// `replayPath` for `fc.commands` that repeat it.
describe("random walks", () => {
  it(
    `get the same ${operationsWanted} answers from every store, which are those of the model`,
    async () => {
      while (world.operations < operationsWanted) await fc.assert(answersAgree, { numRuns: walksAtOnce })
      expect(world.operations).toBeGreaterThanOrEqual(operationsWanted)
    },
    // To shrink a failure, fast-check runs the walk many times.
    10 * 60_000,
  )
})

describeOnPostgres("random walks on a PostgreSQL server", () => {
  it("had it among their stores", () => {
    expect(world.stores.map(({ name }) => name)).toStrictEqual(["memory", "embedded", "PostgreSQL"])
  })
})
