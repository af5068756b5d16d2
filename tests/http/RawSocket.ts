import { connect } from "node:net"

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

/**
 * Writes the bytes to the service as they are and gives all answers, once the service has closed the connection: so a
 * well-formed request asks for that with `Connection: close`.
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
    // The service may close while we are still sending.
    socket.on("error", () => undefined)
    socket.on("close", () => {
      try {
        resolve(readAll(text))
      } catch (error) {
        reject(error)
      }
    })
    for (const part of parts) socket.write(part)
  })

/** A request in HTTP/1.1 to be closed after; lines of headers come without their line ends. */
export const request = (start: string, headers: ReadonlyArray<string> = [], body = ""): string =>
  [`${start} HTTP/1.1`, "Host: localhost", "Connection: close", ...headers, "", body].join("\r\n")
