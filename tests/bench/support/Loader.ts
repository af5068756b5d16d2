/** Starts the processes that load servers (`loader/loader.ts`), and gives them orders. */
import { fork } from "node:child_process"
import { once } from "node:events"
import type { LoaderOrder, LoaderReport, OpenOrder } from "../loader/loader.ts"
import type { WorkName } from "../loader/works.ts"

export interface Loader {
  /** Sends requests of that work for that many seconds, or until none is left to send. */
  readonly run: (work: WorkName, seconds: number) => Promise<LoaderReport>
  /** Tells that the server's records are as they were at the start. */
  readonly reset: () => Promise<void>
  readonly stop: () => void
}

/** Starts a process with connections to the server. They connect with the first request. */
export const startLoader = async (target: Omit<OpenOrder, "kind">): Promise<Loader> => {
  // Typed arrays arrive as such.
  const child = fork(`${import.meta.dirname}/../loader/loader.ts`, { serialization: "advanced" })
  const ended = once(child, "exit").then(() => [{ error: "the load process ended" }])
  const order = async (sent: LoaderOrder): Promise<LoaderReport | undefined> => {
    child.send(sent)
    const [reply] = (await Promise.race([once(child, "message"), ended])) as [
      { readonly report?: LoaderReport; readonly error?: string },
    ]
    if (reply.error !== undefined) throw new Error(reply.error)
    return reply.report
  }
  await order({ kind: "open", ...target })
  return {
    run: async (work, seconds) => {
      const report = await order({ kind: "run", work, seconds })
      if (report === undefined) throw new Error("a run has a report")
      return report
    },
    reset: async () => {
      await order({ kind: "reset" })
    },
    stop: () => child.kill(),
  }
}
