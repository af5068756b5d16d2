/**
 * The program that loads one server. Its parent (`support/Loader.ts`) sends it orders. Each connection sends its next
 * request when it has its response, in the name of one of its users in turn.
 */
import { HttpConnection } from "./HttpConnection.ts"
import { ask, type Caller, type LoadUser, makeCaller, type WorkName } from "./works.ts"

export interface OpenOrder {
  readonly kind: "open"
  readonly url: string
  readonly users: ReadonlyArray<LoadUser>
  readonly connections: number
}

/** The server has the users' records as they were at the start. */
export interface ResetOrder {
  readonly kind: "reset"
}

export interface RunOrder {
  readonly kind: "run"
  readonly work: WorkName
  readonly seconds: number
}

export type LoaderOrder = OpenOrder | ResetOrder | RunOrder

export interface LoaderReport {
  readonly seconds: number
  /** In milliseconds, in no order. */
  readonly latencies: Float64Array
  readonly cpuMillis: number
}

interface Sender {
  readonly connection: HttpConnection
  readonly users: ReadonlyArray<LoadUser>
  callers: ReadonlyArray<Caller>
  turn: number
}

let senders: ReadonlyArray<Sender> = []
let endedAt = 0
/** A server may be closing a connection that was idle for longer, just as the next request is sent. */
const maxIdleMillis = 1_000

const open = ({ connections, url, users }: OpenOrder): void => {
  senders = Array.from({ length: connections }, (_, index) => {
    const own = users.filter((_user, place) => place % connections === index)
    return { connection: new HttpConnection(new URL(url)), users: own, callers: own.map(makeCaller), turn: 0 }
  })
}

const reset = (): void => {
  for (const sender of senders) sender.callers = sender.users.map(makeCaller)
}

const run = async ({ seconds, work }: RunOrder): Promise<LoaderReport> => {
  if (performance.now() - endedAt > maxIdleMillis) for (const { connection } of senders) connection.close()
  const cpuBefore = process.cpuUsage()
  const startedAt = performance.now()
  const endsAt = startedAt + seconds * 1000
  const latencies: Array<number> = []
  const send = async (sender: Sender): Promise<void> => {
    for (let askedAt = performance.now(); askedAt < endsAt; ) {
      const caller = sender.callers[sender.turn++ % sender.callers.length]
      if (caller === undefined || !(await ask(work, sender.connection, caller))) return
      const answeredAt = performance.now()
      latencies.push(answeredAt - askedAt)
      askedAt = answeredAt
    }
  }
  await Promise.all(senders.map(send))
  const { system, user } = process.cpuUsage(cpuBefore)
  endedAt = performance.now()
  return {
    seconds: (performance.now() - startedAt) / 1000,
    latencies: Float64Array.from(latencies),
    cpuMillis: (system + user) / 1000,
  }
}

const obey = async (order: LoaderOrder): Promise<LoaderReport | undefined> => {
  switch (order.kind) {
    case "open":
      open(order)
      return undefined
    case "reset":
      reset()
      return undefined
    case "run":
      return await run(order)
  }
}

process.on("message", (order: LoaderOrder) => {
  obey(order).then(
    (report) => process.send?.({ report }),
    (error: unknown) => process.send?.({ error: String(error) }),
  )
})
process.on("disconnect", () => process.exit())
