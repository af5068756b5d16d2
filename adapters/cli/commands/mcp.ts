/** The command that serves tools to an assistant over standard input and output. */
import { type Cause, Effect, Exit, Fiber, Layer, RcRef } from "effect"
import { Command } from "effect/cli"
import type { ToolCall, ToolResult } from "../../mcp/ToolCall.ts"
import { backend } from "../backend/BackendLayer.ts"
import { CliEnvironment } from "../CliEnvironment.ts"
import { type CommandError, toExit } from "../output/ExitCodes.ts"
import { callAsUser } from "../session/SignedInUser.ts"
import type { ConfigDirectory } from "../session/UserDirectories.ts"

/**
 * How long the backend stays open after a call. The embedded database belongs to one process at a time, and the user's own
 * commands need it too.
 */
const idleMillis = 2_000

/** What the user can do about an error of the command. */
const nextSteps: Readonly<Record<string, string>> = {
  not_signed_in: "Ask the user to run that command, or to set TASKWRIGHT_TOKEN.",
  rate_limited: "Wait, then repeat the same call.",
  unreachable: "Tell the user, then repeat the same call later.",
}

/** Returns the answer to a call that did not reach its tool. */
const failed = (cause: Cause.Cause<CommandError>): ToolResult => {
  const { json } = toExit(cause)
  const { code = "failed", message = "" } = json as { readonly code?: string; readonly message?: string }
  const next = nextSteps[code] ?? "Tell the user."
  return { isError: true, content: { error: { code, detail: message, next } } }
}

export const mcp = Command.make(
  "mcp",
  {},
  Effect.fnUntraced(
    function* () {
      const { version } = yield* CliEnvironment
      // Only this command pays the time to load the protocol.
      const { serveStdio } = yield* Effect.promise(() => import("../../mcp/protocol/StdioServer.ts"))
      const open = yield* RcRef.make({ acquire: Layer.build(backend), idleTimeToLive: idleMillis })
      const services = yield* Effect.context<ConfigDirectory>()
      const callTool = (call: ToolCall) =>
        Effect.flatMap(RcRef.get(open), (context) =>
          Effect.provideContext(
            callAsUser((user) => user.callTool(call)),
            context,
          ),
        ).pipe(
          Effect.scoped,
          Effect.catchCause((cause) => Effect.succeed(failed(cause))),
        )
      // At the end of its input, the library interrupts the fiber that serves.
      const server = yield* Effect.forkChild(
        serveStdio(version, { call: (call) => Effect.provideContext(callTool(call), services) }),
      )
      const exit = yield* Fiber.await(server)
      if (Exit.isFailure(exit) && !Exit.hasInterrupts(exit)) return yield* exit
    },
    Effect.scoped,
    Effect.onInterrupt(() =>
      Effect.sync(() => {
        // The program that started the command has ended it.
        process.exitCode = 0
      }),
    ),
  ),
).pipe(
  Command.withDescription("Serve tools to an assistant over standard input and output (MCP)"),
  Command.withExamples([
    { command: "taskwright mcp", description: "The database on this machine, as the user that is signed in" },
    { command: "TASKWRIGHT_URL=https://tasks.example.com taskwright mcp" },
  ]),
)
