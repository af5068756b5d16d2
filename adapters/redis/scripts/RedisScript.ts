/** A step that Redis takes as a whole: nobody sees it half done. */
export interface RedisScript {
  /** Unique among the scripts of this service. */
  readonly name: string
  readonly keys: number
  readonly lua: string
}
