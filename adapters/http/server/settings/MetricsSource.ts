/** The source of the metrics that the server responds with. */
import { Context, Effect } from "effect"
import { scrape } from "../../../telemetry/Metrics.ts"

/** By default the metrics are those of this process. */
export const MetricsSource = Context.Reference<Effect.Effect<string>>("taskwright/http/MetricsSource", {
  defaultValue: () => Effect.sync(scrape),
})
