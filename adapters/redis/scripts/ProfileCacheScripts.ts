import type { RedisScript } from "./RedisScript.ts"

/** What stands in the place of a profile that was forgotten: it is no JSON, and no lease. */
export const forgotten = "forgotten"

/**
 * KEYS: the profile. ARGV: a lease, for how many milliseconds it is good. Answers what stands there; nil where nothing
 * does, and then who holds the lease, the last to ask, may fill.
 */
export const find: RedisScript = {
  name: "taskwrightFindProfile",
  keys: 1,
  lua: `
local found = redis.call('GET', KEYS[1])
if found and string.sub(found, 1, 6) ~= 'lease:' then return found end
redis.call('SET', KEYS[1], 'lease:' .. ARGV[1], 'PX', ARGV[2])
return false
`,
}

/** KEYS: the profile. ARGV: the lease, the profile, its life in milliseconds. */
export const fill: RedisScript = {
  name: "taskwrightFillProfile",
  keys: 1,
  lua: `
if redis.call('GET', KEYS[1]) == 'lease:' .. ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
end
`,
}
