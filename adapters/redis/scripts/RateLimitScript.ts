/** The Lua script of the sliding window in `RedisRateLimiter`. */
import type { RedisScript } from "./RedisScript.ts"

/**
 * KEYS: the times (microseconds) of the allowed requests that still count, oldest first. ARGV: limit, window in
 * milliseconds. Returns whether the request is allowed, how many count now, and after how many microseconds the oldest
 * of them leaves the window.
 */
export const consume: RedisScript = {
  name: "taskwrightConsume",
  keys: 1,
  lua: `
local times, limit, window = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]) * 1000
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local function text(micros) return string.format('%.0f', micros) end

-- After a fail-over the clock is another server's. If that clock is behind, the times move back with it.
local ahead = tonumber(redis.call('LINDEX', times, -1) or 0) - now
if ahead > 0 then
  local kept = redis.call('LRANGE', times, 0, -1)
  redis.call('DEL', times)
  for _, time in ipairs(kept) do redis.call('RPUSH', times, text(time - ahead)) end
  redis.call('PEXPIRE', times, ARGV[2])
end

local oldest = tonumber(redis.call('LINDEX', times, 0))
while oldest and oldest + window <= now do
  redis.call('LPOP', times)
  oldest = tonumber(redis.call('LINDEX', times, 0))
end
local count = redis.call('LLEN', times)
local allowed = count < limit
if allowed then
  redis.call('RPUSH', times, text(now))
  redis.call('PEXPIRE', times, ARGV[2])
  oldest, count = oldest or now, count + 1
end
return { allowed and 1 or 0, count, oldest and oldest + window - now or 0 }
`,
}
