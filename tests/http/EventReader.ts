/** Reads an event stream as a browser's EventSource does: only a frame with an id moves the last event id. */

/** A frame of the stream. `text` is the whole of it, as it was received. */
export interface Frame {
  readonly event: string
  readonly id: string | undefined
  readonly data: unknown
  readonly text: string
}

export interface EventReader {
  readonly status: number
  readonly headers: Headers
  /** Returns the next event. Rejects if the stream ends before it. */
  readonly next: () => Promise<Frame>
  /** Resolves with whether the server ended the stream in order, after all events were received. */
  readonly ended: Promise<boolean>
  /** Every event so far. */
  readonly frames: ReadonlyArray<Frame>
  /** The text of every frame so far, also of comments and of the time to reconnect. */
  readonly texts: ReadonlyArray<string>
  readonly lastEventId: () => string | undefined
  /** Closes the connection. */
  readonly cut: () => void
}

const parse = (text: string): Frame => {
  const fields = new Map<string, string>()
  for (const line of text.split("\n")) {
    const colon = line.indexOf(":")
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1).replace(/^ /, ""))
  }
  const data = fields.get("data")
  return { event: fields.get("event") ?? "", id: fields.get("id"), data: data && JSON.parse(data), text }
}

/** Opens a stream. The promise resolves when its headers are there. */
export const openEvents = async (
  url: string,
  token: string,
  headers: Record<string, string> = {},
  signal?: AbortSignal,
): Promise<EventReader> => {
  const controller = new AbortController()
  signal?.addEventListener("abort", () => controller.abort())
  const response = await fetch(url, {
    headers: { authorization: `Bearer ${token}`, accept: "text/event-stream", ...headers },
    signal: controller.signal,
  })
  const texts: Array<string> = []
  const frames: Array<Frame> = []
  const events: Array<Frame> = []
  const waiting: Array<{ readonly resolve: (frame: Frame) => void; readonly reject: (error: Error) => void }> = []
  let lastEventId: string | undefined
  let isOver = false

  const receive = (text: string): void => {
    texts.push(text)
    const frame = parse(text)
    if (frame.id !== undefined) lastEventId = frame.id
    if (frame.event === "") return
    frames.push(frame)
    const first = waiting.shift()
    if (first === undefined) events.push(frame)
    else first.resolve(frame)
  }

  const read = async (): Promise<boolean> => {
    let rest = ""
    try {
      const decoder = new TextDecoder()
      for await (const part of response.body ?? []) {
        rest += decoder.decode(part, { stream: true })
        const parts = rest.split("\n\n")
        rest = parts.pop() ?? ""
        for (const part of parts) receive(part)
      }
      return rest === ""
    } catch {
      return false
    } finally {
      isOver = true
      for (const { reject } of waiting) reject(new Error("the stream ended"))
    }
  }

  return {
    status: response.status,
    headers: response.headers,
    next: () => {
      const first = events.shift()
      if (first !== undefined) return Promise.resolve(first)
      if (isOver) return Promise.reject(new Error("the stream ended"))
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }))
    },
    ended: read(),
    frames,
    texts,
    lastEventId: () => lastEventId,
    cut: () => controller.abort(),
  }
}
