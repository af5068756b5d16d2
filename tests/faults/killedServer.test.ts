/** Holds a server to its answered writes though it is killed at random moments under load. */
import { PgClient } from "@effect/sql-pg"
import { Effect, Exit, Layer, Redacted, Scope } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import * as embedded from "../../adapters/postgres/embedded/EmbeddedPostgres.ts"
import { describeOnPostgres, emptySchema, TestSchema } from "../support/postgres.ts"
import { prepareFolder } from "../support/preparedFolder.ts"
import { type ServerProcess, startServer } from "../support/serverProcess.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"
import { halfDone } from "./halfDone.ts"
import { makeWriter, type Writer } from "./Writer.ts"

const kills = 10
const writerCount = 4
/** A kill comes after this many answered writes, and then at a random moment of the next milliseconds. */
const writesBeforeKill = 20
const randomMillis = 150
const limits = { RATE_LIMIT_IP: "1000000", RATE_LIMIT_USER: "1000000" }

const sleep = (millis: number) => new Promise((resolve) => setTimeout(resolve, millis))

/** Kills the server repeatedly while clients write, and checks after each start what they wrote. */
const killUnderLoad = async (start: () => Promise<ServerProcess>): Promise<void> => {
  let server = await start()
  try {
    const writers: Array<Writer> = []
    for (let count = 0; count < writerCount; count++) writers.push(await makeWriter(() => server.url))
    const answered = () => writers.reduce((total, writer) => total + writer.answered(), 0)
    for (let kill = 0; kill < kills; kill++) {
      const goal = answered() + writesBeforeKill
      for (const writer of writers) writer.start()
      await expect.poll(answered, { timeout: 60_000, interval: 5 }).toBeGreaterThan(goal)
      await sleep(Math.random() * randomMillis)
      await server.end("SIGKILL")
      await Promise.all(writers.map((writer) => writer.stop()))
      server = await start()
      await Promise.all(writers.map((writer) => writer.verify()))
    }
    const unsure = writers.reduce((total, writer) => total + writer.unsure(), 0)
    console.log(`${kills} kills: ${answered()} answered writes, none lost; ${unsure} without a response`)
    expect(unsure).toBeGreaterThan(0)
    await server.end("SIGTERM")
  } finally {
    await server.end("SIGKILL")
  }
}

describe("a server that is killed under a load of writes", () => {
  const scope = Scope.makeUnsafe()
  let folder: string
  beforeAll(async () => {
    folder = await Effect.runPromise(Scope.provide(temporaryFolder, scope))
    await prepareFolder(folder)
  })
  afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))

  it("keeps every answered write in the embedded database, and no half of one", async () => {
    await killUnderLoad(() => startServer({ ...limits, DATA_DIR: folder }))
    expect(await Effect.runPromise(Effect.provide(halfDone, embedded.layer({ dataDir: folder })))).toEqual([])
  })

  describeOnPostgres("with a PostgreSQL server", () => {
    it("keeps every answered write, and no half of one", async () => {
      const { urlOfSchema } = await Effect.runPromise(
        Scope.provide(
          Effect.map(Layer.build(emptySchema), (context) => context),
          scope,
        ).pipe(Effect.flatMap((context) => Effect.provide(TestSchema, context))),
      )
      const url = Redacted.value(urlOfSchema)
      await killUnderLoad(() => startServer({ ...limits, DATABASE_URL: url, DATA_DIR: folder }))
      expect(await Effect.runPromise(Effect.provide(halfDone, PgClient.layer({ url: urlOfSchema })))).toEqual([])
    })
  })
})
