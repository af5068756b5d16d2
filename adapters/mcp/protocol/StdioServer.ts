/** Serves the protocol over standard input and output. */
import { Effect, Layer, Result, Stdio, Stream } from "effect"
import { McpServer } from "effect/ai"
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
    Effect.updateService(Stdio.Stdio, (stdio) => ({ ...stdio, stdin: messagesOf(stdio.stdin) })),
  )

const encoder = new TextEncoder()

/** Passes on the lines that are JSON. One that is not would take the lines with it that arrive at the same time. */
const messagesOf = (stdin: Stdio.Stdio["stdin"]): Stdio.Stdio["stdin"] =>
  stdin.pipe(
    Stream.decodeText(),
    Stream.splitLines,
    Stream.tap((line) =>
      line.trim() === "" || isJson(line) ? Effect.void : Effect.logWarning("a line of the input is no JSON"),
    ),
    Stream.filter((line) => line.trim() !== "" && isJson(line)),
    Stream.map((line) => encoder.encode(`${line}\n`)),
  )

const isJson = (line: string): boolean => Result.isSuccess(Result.try(() => JSON.parse(line)))
