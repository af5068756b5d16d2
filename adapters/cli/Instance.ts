/** Names the server or the local database that a command works on. */

export interface Instance {
  /** Identifies it uniquely; contains no secret. */
  readonly key: string
  /** Its name for people. */
  readonly label: string
}

/** Returns the instance of a server. The URL MUST have no slash at the end. */
export const instanceOfServer = (url: string): Instance => ({ key: url, label: url })
