/** The server or the local database that a command works on. */

/** A server or a database that stores accounts and tasks. */
export interface Instance {
  /** Identifies it uniquely; contains no secret. */
  readonly key: string
  /** Its name for people. */
  readonly label: string
}
