/** Serves the protocol over standard input and output. */
import { Effect, Layer, Result, Stdio, Stream } from "effect"
import { McpServer } from "effect/ai"
import { readLines } from "./InputLines.ts"
import { protocols, registrations, serverInfo } from "./Registrations.ts"
import { ToolCalls } from "./ToolCalls.ts"

/**
 * Serves the tools to the program that started this process, until its input ends. Requests that are running then are
 * answered first. Standard output carries the protocol alone.
 */
export const serveStdio = (version: string, calls: typeof ToolCalls.Service) =>
  Layer.launch(McpServer.layerStdio({ ...serverInfo(version), protocols, registrations })).pipe(
    // It fails only for options that no configuration has.
    Effect.orDie,
    Effect.provideService(ToolCalls, calls),
    Effect.updateService(Stdio.Stdio, (stdio) => ({ ...stdio, stdin: messagesOf(stdio) })),
  )

const encoder = new TextEncoder()

/** The code of JSON-RPC for a message that cannot be read. */
const parseError = -32700

/**
 * Passes on the lines that are messages. One that is none would take the lines with it that arrive at the same time, so
 * it is answered here. The answer has no id, because none could be read (JSON-RPC 2.0, section 5.1).
 */
const messagesOf = ({ stdin, stdout }: Stdio.Stdio): Stdio.Stdio["stdin"] => {
  const refuse = (reason: string) => {
    const answer = { jsonrpc: "2.0", id: null, error: { code: parseError, message: reason } }
    return Stream.run(Stream.make(`${JSON.stringify(answer)}\n`), stdout({ endOnDone: false }))
  }
  return stdin.pipe(
    Stream.decodeText(),
    readLines,
    Stream.tap((line) => (Result.isSuccess(line) ? Effect.void : refuse(line.failure))),
    Stream.filterMap((line) => line),
    Stream.map((line) => encoder.encode(`${line}\n`)),
  )
}
