/** Reads how many of the bytes written to sockets still wait in the system to be received by the client. */
import { readFile } from "node:fs/promises"
import { endianness } from "node:os"
import { Result } from "effect"
import { NetAddress } from "effect/net"

/** The addresses and ports that identify a connection. */
export interface Ends {
  readonly localPort?: number | undefined
  readonly remoteAddress?: string | undefined
  readonly remotePort?: number | undefined
}

/** Returns the bytes of a connection that the client has not acknowledged; undefined if unknown. */
export type QueuedBytes = (connection: Ends) => number | undefined

/**
 * Reads the queues of all connections at once. Linux lists them in a file, and Node has no call for them. On other
 * systems, and if the file cannot be read, nothing is known of any connection.
 */
export const readSystemQueues = async (): Promise<QueuedBytes> => {
  if (process.platform !== "linux") return () => undefined
  const tables = await Promise.all(
    ["tcp", "tcp6"].map((name) => readFile(`/proc/self/net/${name}`, "latin1").catch(() => "")),
  )
  const queues = new Map<string, number>()
  for (const table of tables) {
    for (const [, localPort, remote, queue = ""] of table.matchAll(row)) {
      queues.set(`${localPort} ${remote}`, Number.parseInt(queue, 16))
    }
  }
  return ({ localPort = 0, remoteAddress = "", remotePort = 0 }) =>
    queues.get(`${hex(localPort, 4)} ${addressAsWritten(remoteAddress)}:${hex(remotePort, 4)}`)
}

/**
 * "  12: 0100007F:0BB8 0100007F:D4F2 01 00001F40:00000000 …": addresses with ports, the state, the bytes queued to
 * send.
 */
const row = /^ *\d+: [0-9A-F]+:([0-9A-F]{4}) ([0-9A-F]+:[0-9A-F]{4}) [0-9A-F]{2} ([0-9A-F]{8}):/gm

const hex = (value: number, digits: number): string => value.toString(16).toUpperCase().padStart(digits, "0")

/** Writes an address as the file does: in words of four bytes, each in the machine's byte order. */
const addressAsWritten = (address: string): string => {
  const bytes = bytesOf(address)
  let text = ""
  for (let start = 0; start < bytes.length; start += 4) {
    const word = bytes.slice(start, start + 4)
    for (const byte of endianness() === "LE" ? word.reverse() : word) text += hex(byte, 2)
  }
  return text
}

const bytesOf = (address: string): Array<number> => {
  if (!address.includes(":")) return address.split(".").map(Number)
  const [withoutZone = ""] = address.split("%")
  const parsed = Result.getOrUndefined(NetAddress.ipv6FromString(withoutZone))
  if (parsed === undefined) return []
  return NetAddress.ipv6ToSegments(parsed).flatMap((segment) => [segment >> 8, segment & 255])
}
