/** Holds the commands that delete and restore a category to each other, on both backends. */
import { expect, it } from "vitest"
import { backends, commandLine } from "./Commands.ts"

it.each(backends)("a deleted category is restored by the id that its deletion printed (%s)", async (backend) => {
  const line = await commandLine(backend)
  await line.run(["register", "ada@example.com", "--name", "Ada", "--password-stdin"], "Correct Horse 1\n")
  await line.run(["category", "add", "home", "--color", "#2E7D32"])
  const { output } = await line.run(["category", "rm", "home"])
  const [, id = ""] = /taskwright category restore (\S+)\n$/.exec(output) ?? []
  const restored = await line.run(["category", "restore", id])
  expect([restored.code, restored.output]).toEqual([0, `Restored ${id} home\n`])
  expect(await line.json(["category", "list"])).toMatchObject({ data: [{ id, color: "#2E7D32", version: 2 }] })
  const again = await line.run(["category", "restore", id, "--json"])
  expect([again.code, JSON.parse(again.errors).error]).toMatchObject([4, { code: "not_deleted" }])
  await line.run(["category", "rm", "home"])
  await line.run(["category", "add", "home"])
  expect((await line.run(["category", "restore", id])).code).toBe(4)
  await line.stop()
})
