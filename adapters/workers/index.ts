/** The public edge of the loops that a service runs beside its requests. */
export { runCleanup } from "./CleanupWorker.ts"
export { runOutbox } from "./EmailWorker.ts"
