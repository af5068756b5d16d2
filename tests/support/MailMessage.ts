/** Reads one message as a mail program does, with unfolded headers and decoded parts. */
export const readMessage = (source: string) => {
  const [head = "", ...rest] = source.split("\r\n\r\n")
  const headers = head.replaceAll(/\r\n[ \t]+/g, " ").split("\r\n")
  const boundary = /boundary="([^"]+)"/.exec(head)?.[1] ?? ""
  const parts = rest
    .join("\r\n\r\n")
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => {
      const [partHead = "", ...body] = part.trimStart().split("\r\n\r\n")
      const encoding = /^Content-Transfer-Encoding: (.+)$/im.exec(partHead)?.[1]?.trim()
      return { type: /^Content-Type: ([^;]+)/im.exec(partHead)?.[1], body: decodeBody(body.join("\r\n\r\n"), encoding) }
    })
  return {
    headers,
    header: (name: string) => headers.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? "",
    partOf: (type: string) => parts.find((part) => part.type === type)?.body ?? "",
  }
}

const decodeBody = (body: string, encoding: string | undefined): string => {
  if (encoding === "base64") return Buffer.from(body, "base64").toString("utf8")
  if (encoding !== "quoted-printable") return body
  const bytes = body
    .replaceAll("=\r\n", "")
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, "latin1").toString("utf8")
}
