/** Measures the process: memory, processor time, the event loop and the build. */
import { monitorEventLoopDelay, performance } from "node:perf_hooks"
import { Effect, Layer } from "effect"
import { beforeScrape, counter, gauge } from "./Metrics.ts"

const delayResolutionMillis = 20

/** Measures the process while the scope is open. The lag and the utilisation are those since the scrape before. */
export const layer = (version: string): Layer.Layer<never> =>
  Layer.effectDiscard(
    Effect.acquireRelease(
      Effect.sync(() => measure(version)),
      (stop) => Effect.sync(stop),
    ),
  )

const measure = (version: string): (() => void) => {
  const node = process.versions.node
  gauge("taskwright_build_info", "1, with the versions of the service and of Node.", { version, node }).set(1)
  gauge("process_start_time_seconds", "The start of the process, in seconds since 1970.").set(
    Math.round(performance.timeOrigin) / 1000,
  )
  const resident = gauge("process_resident_memory_bytes", "The resident memory of the process.")
  const heap = gauge("nodejs_heap_size_used_bytes", "The used heap of V8.")
  const external = gauge("nodejs_external_memory_bytes", "The memory of objects outside the heap of V8.")
  const resources = gauge("nodejs_active_resources", "Sockets, timers and others that keep the event loop alive.")
  const cpu = counter("process_cpu_seconds_total", "The processor time of the process, of user and system.")
  const lag = gauge("nodejs_eventloop_lag_p99_seconds", "The 99th percentile of the event loop's lag.")
  const longest = gauge("nodejs_eventloop_lag_max_seconds", "The longest lag of the event loop.")
  const utilization = gauge("nodejs_eventloop_utilization", "The part of the time in which the event loop is busy.")
  const delay = monitorEventLoopDelay({ resolution: delayResolutionMillis })
  delay.enable()
  let cpuSeconds = 0
  let loop = performance.eventLoopUtilization()

  /** The histogram includes the interval of its own timer. */
  const lagSeconds = (nanos: number): number => Math.max(0, nanos / 1e9 - delayResolutionMillis / 1000)

  const stop = beforeScrape(() => {
    const memory = process.memoryUsage()
    resident.set(memory.rss)
    heap.set(memory.heapUsed)
    external.set(memory.external)
    resources.set(process.getActiveResourcesInfo().length)
    const { system, user } = process.cpuUsage()
    const total = (system + user) / 1e6
    cpu.add(total - cpuSeconds)
    cpuSeconds = total
    lag.set(lagSeconds(delay.percentile(99)))
    longest.set(lagSeconds(delay.max))
    delay.reset()
    const now = performance.eventLoopUtilization()
    utilization.set(performance.eventLoopUtilization(now, loop).utilization)
    loop = now
  })
  return () => {
    stop()
    delay.disable()
  }
}
