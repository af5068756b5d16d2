/** A client that reads through a server whatever happens to it, and keeps the statuses of its responses. */
import { call, expectUnavailable } from "./Caller.ts"

const pauseMillis = 20

export interface Reader {
  /** The statuses since the start, or since `forget`. */
  readonly statuses: () => ReadonlyArray<number>
  readonly forget: () => void
  /** The longest wait for a response, in milliseconds. */
  readonly longestMillis: () => number
  /** Rejects if a request had no response, or a status other than 200 and 503. */
  readonly stop: () => Promise<void>
}

/** Starts a client that asks for the path again and again, with the user's token if the path needs one. */
export const startReader = (url: string, path: string, token?: string): Reader => {
  let statuses: Array<number> = []
  let longest = 0
  let isStopped = false
  const run = async () => {
    while (!isStopped) {
      const begun = performance.now()
      const reply = await call(url, "GET", path, { token })
      longest = Math.max(longest, performance.now() - begun)
      if (reply.status !== 200 && path !== "/health/ready") expectUnavailable(reply)
      statuses.push(reply.status)
      await new Promise((resolve) => setTimeout(resolve, pauseMillis))
    }
  }
  const loop = run()
  // It is awaited by `stop`.
  loop.catch(() => undefined)
  return {
    statuses: () => statuses,
    forget: () => {
      statuses = []
    },
    longestMillis: () => longest,
    stop: async () => {
      isStopped = true
      await loop
    },
  }
}
