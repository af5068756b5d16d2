/** Runs the server in several processes behind one port, as Node's documentation shows it. */
import cluster from "node:cluster"

if (cluster.isPrimary) {
  for (let worker = 0; worker < Number(process.env.WORKERS); worker++) cluster.fork()
  process.once("SIGTERM", () => {
    for (const worker of Object.values(cluster.workers)) worker.process.kill("SIGTERM")
  })
} else {
  await import("./server.mjs")
  // The channel to the first process would keep this one alive.
  process.once("SIGTERM", () => cluster.worker.disconnect())
}
