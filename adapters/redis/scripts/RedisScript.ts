/** The description of a Lua script. Redis runs a script atomically: no other command sees it half done. */
export interface RedisScript {
  /** Unique among the scripts of this service. */
  readonly name: string
  readonly keys: number
  readonly lua: string
}
