/** The Lua scripts of `RedisProfileCache`, and the mark of an invalidated profile. */
import type { RedisScript } from "./RedisScript.ts"

/** The value that replaces an invalidated profile: it is neither JSON nor a lease. */
export const tombstone = "forgotten"

/**
 * KEYS: the profile. ARGV: a lease, its lifetime in milliseconds. Returns the stored value, or nil if there is none.
 * After nil, the holder of the lease, which is the last caller, may fill the cache.
 */
export const getOrLease: RedisScript = {
  name: "taskwrightGetOrLeaseProfile",
  keys: 1,
  lua: `
local found = redis.call('GET', KEYS[1])
if found and string.sub(found, 1, 6) ~= 'lease:' then return found end
redis.call('SET', KEYS[1], 'lease:' .. ARGV[1], 'PX', ARGV[2])
return false
`,
}

/** KEYS: the profile. ARGV: the lease, the profile, its lifetime in milliseconds. */
export const setIfLeased: RedisScript = {
  name: "taskwrightSetProfileIfLeased",
  keys: 1,
  lua: `
if redis.call('GET', KEYS[1]) == 'lease:' .. ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
end
`,
}
