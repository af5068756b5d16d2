import * as LoginScripts from "./LoginThrottleScripts.ts"
import * as ProfileScripts from "./ProfileCacheScripts.ts"
import { take } from "./RateLimitScript.ts"
import type { RedisScript } from "./RedisScript.ts"

/** Every script of the service: a client knows all of them from its beginning. */
export const redisScripts: ReadonlyArray<RedisScript> = [
  LoginScripts.admit,
  LoginScripts.fail,
  LoginScripts.isNoted,
  LoginScripts.succeed,
  LoginScripts.withdraw,
  ProfileScripts.fill,
  ProfileScripts.find,
  take,
]
