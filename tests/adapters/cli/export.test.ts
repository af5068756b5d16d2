/** Holds an export to every task once, and to the files that exist. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { Effect } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { now } from "../../../application/shared/Now.ts"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"
import { fromMillis } from "../../../domain/shared/Timestamp.ts"
import { limit, makeQuery, makeTask, page } from "../../support/entities.ts"
import { backends, type CommandLine, commandLine } from "./Commands.ts"
import { linesOf } from "./Exports.ts"
import { pathOf, signUp } from "./Transfers.ts"

describe.each(backends)("export on the %s backend", (backend) => {
  let line: CommandLine
  beforeAll(async () => {
    line = await commandLine(backend)
  })
  afterAll(() => line.stop())

  it("does not overwrite an existing file without --force", async () => {
    await signUp(line, "fifth@example.com")
    expect((await line.run(["export", "-o", pathOf(line, "new.jsonl")])).code).toBe(0)
    const refused = await line.run(["export", "-o", pathOf(line, "new.jsonl")])
    expect(refused.code).toBe(1)
    expect(refused.errors).toContain("is there already")
    expect((await line.run(["export", "-o", join(line.folder, "no", "where")])).code).toBe(1)
  })

  it.each([0, 50])("exports each task once if 50 are deleted and %i are created during the export", async (count) => {
    await signUp(line, `deleting${count}@example.com`)
    const { user } = await line.json<{ user: { id: UserId } }>(["whoami"])
    const repository = await Effect.runPromise(
      Effect.provideContext(
        Effect.map(TaskRepository, (found) => found),
        line.service.context,
      ),
    )
    const { list, listAfter } = repository
    for (let n = 0; n < 450; n++)
      await Effect.runPromise(repository.insert(makeTask(user.id, { createdAt: fromMillis(n) })))
    // The last 50 of the first 200: the export goes on after the last of them.
    const doomedPage = makeQuery({ order: "asc", limit: limit(50), page: page(4) })
    const { data: doomed } = await Effect.runPromise(list(user.id, doomedPage))
    const makeLast = Effect.flatMap(now, (createdAt) => repository.insert(makeTask(user.id, { createdAt })))
    // Without the export's knowledge, after it has read a page.
    const interfere = Effect.promise(() => line.run(["rm", ...doomed.map(({ id }) => id)])).pipe(
      Effect.andThen(Effect.replicateEffect(makeLast, count)),
    )
    let calls = 0
    Object.assign(repository, {
      listAfter: (...args: Parameters<typeof listAfter>) =>
        Effect.suspend(() => (++calls === 2 ? Effect.andThen(interfere, listAfter(...args)) : listAfter(...args))),
    })
    expect((await line.run(["export", "-o", pathOf(line, "moving.jsonl"), "--force"])).code).toBe(0)
    Object.assign(repository, { listAfter })
    expect(calls).toBe(3)
    const ids = linesOf(readFileSync(pathOf(line, "moving.jsonl"), "utf8")).flatMap(({ id, title }) =>
      title === undefined ? [] : (id ?? []),
    )
    expect(ids.length).toBe(450 + count)
    expect(new Set(ids).size).toBe(450 + count)
  })
})
