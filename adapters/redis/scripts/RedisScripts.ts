/** Lists the Lua scripts for the client. */
import * as LoginScripts from "./LoginThrottleScripts.ts"
import * as ProfileScripts from "./ProfileCacheScripts.ts"
import { consume } from "./RateLimitScript.ts"
import type { RedisScript } from "./RedisScript.ts"

/** All scripts of the service: a client defines them when it is created. */
export const redisScripts: ReadonlyArray<RedisScript> = [
  LoginScripts.begin,
  LoginScripts.recordFailure,
  LoginScripts.hasMark,
  LoginScripts.recordSuccess,
  LoginScripts.cancel,
  ProfileScripts.setIfLeased,
  ProfileScripts.getOrLease,
  consume,
]
