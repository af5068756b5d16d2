/** A client for the example's MCP server, which tests run as a process. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"

const answerMillis = 60_000

export interface McpAnswer {
  readonly result?: Record<string, unknown>
  readonly error?: { readonly code: number; readonly message: string }
}

/** Starts an MCP server as a process and exchanges JSON-RPC with it, one message a line. */
export const startMcpServer = (folder: string, environment: Readonly<Record<string, string>>) => {
  const child = spawn(process.execPath, ["main.ts"], {
    cwd: folder,
    env: { ...environment, PATH: process.env["PATH"] ?? "" },
    stdio: ["pipe", "pipe", "pipe"],
  })
  let errors = ""
  child.stderr.on("data", (chunk) => {
    errors += String(chunk)
  })
  const waiting = new Map<number, (answer: McpAnswer) => void>()
  const strange: Array<string> = []
  createInterface(child.stdout).on("line", (line) => {
    const { id, ...answer } = JSON.parse(line)
    const take = waiting.get(id)
    if (take === undefined) strange.push(line)
    else take(answer)
  })
  const send = (message: object) => child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`)
  const closed = once(child, "close")
  let asked = 0
  return {
    /** The lines on its standard output that are no response. */
    strange,
    tell: (method: string) => send({ method }),
    ask: (method: string, params: object = {}) =>
      new Promise<McpAnswer>((resolve, reject) => {
        const id = ++asked
        const fail = () => reject(new Error(`no answer to ${method}: ${errors}`))
        const timer = setTimeout(fail, answerMillis)
        child.once("close", fail)
        waiting.set(id, (answer) => {
          clearTimeout(timer)
          child.off("close", fail)
          resolve(answer)
        })
        send({ id, method, params })
      }),
    /** Stops it as its clients do, with the end of its input. */
    end: async () => {
      child.stdin.end()
      const timer = setTimeout(() => child.kill("SIGKILL"), 10_000)
      await closed
      clearTimeout(timer)
      return child.signalCode
    },
  }
}
