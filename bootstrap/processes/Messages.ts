/** The messages between a parent process and its workers. */
import { Schema } from "effect"

const Text = { id: Schema.Int, text: Schema.String }

export const ToWorker = Schema.TaggedUnion({
  /** Comes with a connection. The worker responds with `Taken`. */
  Connection: {},
  /** The service stops. The worker serves on for `SHUTDOWN_DELAY`, and then responds with `Held`. */
  Stop: {},
  /** No connection will come after this message. */
  Closed: {},
  /** Asks for the worker's metrics. */
  Collect: { id: Schema.Int },
  /** The metrics of all processes. */
  Scraped: Text,
})
export type ToWorker = typeof ToWorker.Type

export const ToParent = Schema.TaggedUnion({
  /** The worker can serve. */
  Ready: {},
  Taken: {},
  /** The worker holds requests back until `Closed`. */
  Held: {},
  /** Has the worker's metrics, and asks for those of all processes. */
  Scrape: Text,
  /** The response to `Collect`. */
  Collected: Text,
})
export type ToParent = typeof ToParent.Type
