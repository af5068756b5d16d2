/** The part with memory: that of an idle server, and what connections and open streams add. */
import { connect, type Socket } from "node:net"
import { setTimeout } from "node:timers/promises"
import { createDatabase } from "../support/BenchDatabase.ts"
import { describeMachine, type Machine } from "../support/Machine.ts"
import { projectCommand } from "../support/ProjectServer.ts"
import { startServer } from "../support/ServerProcess.ts"
import { migrate, settingsOf, tokens } from "../support/System.ts"
import { round } from "../support/statistics.ts"

export interface MemoryOptions {
  readonly connections: number
  readonly settleSeconds: number
}

export const defaults: MemoryOptions = { connections: 1000, settleSeconds: 5 }

export interface Memory {
  readonly machine: Machine
  readonly connections: number
  /** In MiB, resident. */
  readonly idleMebibytes: number
  /** In KiB each. */
  readonly connectionKibibytes: number
  readonly streamKibibytes: number
}

/** Sends a request, and keeps the connection when the response begins. */
const openConnection = async (url: URL, path: string, token: string, accept: string): Promise<Socket> => {
  const socket = connect({ host: url.hostname, port: Number(url.port) })
  const head = `GET ${path} HTTP/1.1\r\nHost: ${url.host}\r\nAuthorization: Bearer ${token}\r\nAccept: ${accept}\r\n\r\n`
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject)
    socket.once("data", (chunk: Buffer) => {
      const status = chunk.toString("latin1").slice(9, 12)
      if (status === "200") resolve()
      else reject(new Error(`${path}: ${chunk.toString("utf8")}`))
    })
    socket.write(head)
  })
  socket.resume()
  return socket
}

/** Measures a server on PostgreSQL that answers one request a connection, and then nothing. */
export const measureMemory = async ({ connections, settleSeconds }: MemoryOptions): Promise<Memory> => {
  const machine = describeMachine()
  const database = await createDatabase("memory")
  try {
    migrate(database.url)
    const users = await database.addUsers(connections, { tasks: 1, categories: 0 })
    const userTokens = await Promise.all(users.map((user) => tokens.sign(user)))
    const measure = async (path: string, accept: string) => {
      const server = await startServer(projectCommand(), settingsOf(database.url), "/health/ready")
      const sockets: Array<Socket> = []
      const open = (token: string) => openConnection(server.url, path, token, accept)
      try {
        await setTimeout(settleSeconds * 1000)
        const idle = server.residentMebibytes()
        // The same requests, one connection at a time: code is compiled and users are cached, once for all connections.
        for (const token of userTokens) (await open(token)).destroy()
        await setTimeout(settleSeconds * 1000)
        const before = server.residentMebibytes()
        for (const token of userTokens) sockets.push(await open(token))
        await setTimeout(settleSeconds * 1000)
        const each = ((server.residentMebibytes() - before) * 1024) / connections
        return { idle: round(idle, 0), each: round(each, 1) }
      } finally {
        for (const socket of sockets) socket.destroy()
        await server.stop()
      }
    }
    const plain = await measure("/api/v1/tasks?limit=20", "application/json")
    const streams = await measure("/api/v1/changes/stream", "text/event-stream")
    return {
      machine,
      connections,
      idleMebibytes: plain.idle,
      connectionKibibytes: plain.each,
      streamKibibytes: streams.each,
    }
  } finally {
    await database.drop()
  }
}
