/** Whether this process is a worker, and which. */

/** The variable that a parent process sets for its workers. */
export const workerVariable = "TASKWRIGHT_WORKER"

/** The number of this worker, from 1; undefined in a process that was not started as one. */
export const workerNumber: number | undefined =
  process.send !== undefined && /^[1-9]\d?$/.test(process.env[workerVariable] ?? "")
    ? Number(process.env[workerVariable])
    : undefined
