/** Holds both backends to the actor that their changes name. */
import { Effect } from "effect"
import { expect, it } from "vitest"
import { ChangeRepository } from "../../../application/changes/ChangeRepository.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { backends, commandLine } from "./Commands.ts"

it.each(backends)("each command is a batch of its own, made by the session of the command (%s)", async (backend) => {
  const line = await commandLine(backend)
  await line.run(["register", "ada@example.com", "--name", "Ada", "--password-stdin"], "Correct Horse 1\n")
  const { user } = await line.json<{ readonly user: { readonly id: string } }>(["whoami"])
  await line.run(["add", "Buy milk"])
  await line.run(["add", "Water the plants"])
  const changes = await Effect.runPromise(
    Effect.provideContext(
      Effect.flatMap(ChangeRepository, ({ readBefore }) => readBefore(UserId.make(user.id), {}, null, 10)),
      line.service.context,
    ),
  )
  const requestId = backend === "local" ? null : expect.any(String)
  const change = { op: "created", actor: { kind: "session", name: "Taskwright CLI" }, requestId }
  expect(changes).toMatchObject([change, change])
  expect(new Set(changes.map(({ batchId }) => batchId)).size).toBe(2)
  await line.stop()
})
