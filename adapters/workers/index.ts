/** The public edge of the loops that a service runs beside its requests. */
export { keepHouse } from "./CleanupWorker.ts"
export { runOutbox } from "./EmailWorker.ts"
