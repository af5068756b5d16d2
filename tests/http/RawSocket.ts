/** Sends raw bytes to the service, for tests of malformed and partial HTTP requests. */
import { connect } from "node:net"
import { expectDescribed } from "./Description.ts"

export interface RawAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const readAll = (text: string): ReadonlyArray<RawAnswer> => {
  const answers: Array<RawAnswer> = []
  let rest = text
  while (rest !== "") {
    const end = rest.indexOf("\r\n\r\n")
    if (end === -1) throw new Error(`an answer without an end of its headers: ${rest.slice(0, 200)}`)
    const [statusLine = "", ...lines] = rest.slice(0, end).split("\r\n")
    const headers = Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
    )
    const length = Number(headers["content-length"] ?? 0)
    const start = end + 4
    answers.push({ status: Number(statusLine.split(" ")[1]), headers, body: rest.slice(start, start + length) })
    rest = rest.slice(start + length)
  }
  return answers
}

/** Checks the first response against the description, if the first part is the beginning of a request. */
const expectFirstDescribed = (part: string | Uint8Array | undefined, answer: RawAnswer | undefined): void => {
  const [, method, target] = (typeof part === "string" ? /^([A-Z]+) (\S+) HTTP\/1\.1\r\n/.exec(part) : null) ?? []
  if (method === undefined || target === undefined || answer === undefined || answer.status === 100) return
  const { body: text, status } = answer
  const headers = new Headers(answer.headers)
  const isJson = headers.get("content-type")?.includes("json") === true
  expectDescribed(method, target, { status, headers, text, body: isJson && text !== "" ? JSON.parse(text) : null })
}

/**
 * Writes the bytes to the service unchanged, and returns all responses when the service has closed the connection. So a
 * well-formed request must ask for that with `Connection: close`.
 */
export const exchange = (
  url: string,
  ...parts: ReadonlyArray<string | Uint8Array>
): Promise<ReadonlyArray<RawAnswer>> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    let text = ""
    socket.setEncoding("utf8")
    socket.on("data", (chunk) => {
      text += chunk
    })
    // The service may close the connection while the test still sends.
    socket.on("error", () => undefined)
    socket.on("close", () => {
      try {
        const answers = readAll(text)
        expectFirstDescribed(parts[0], answers[0])
        resolve(answers)
      } catch (error) {
        reject(error)
      }
    })
    for (const part of parts) socket.write(part)
  })

/** Builds an HTTP/1.1 request that closes its connection; header lines are given without line ends. */
export const request = (start: string, headers: ReadonlyArray<string> = [], body = ""): string =>
  [`${start} HTTP/1.1`, "Host: localhost", "Connection: close", ...headers, "", body].join("\r\n")
