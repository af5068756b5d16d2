/** The Lua script of the sliding window in `RedisRateLimiter`. */
import type { RedisScript } from "./RedisScript.ts"

/**
 * KEYS: the times (microseconds) of the units that still count, oldest first; a request of several units has as many
 * entries. ARGV: limit, window in milliseconds, units of this request. Returns whether the request is allowed, and how
 * many units count now. Then after how many microseconds the oldest of them leaves the window, and after how many as
 * many have left as a refused request lacks.
 */
export const consume: RedisScript = {
  name: "taskwrightConsume",
  keys: 1,
  lua: `
local times, limit, window, units = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]) * 1000, tonumber(ARGV[3])
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
local lacking = count + units - limit
if lacking <= 0 then
  for _ = 1, units do redis.call('RPUSH', times, text(now)) end
  redis.call('PEXPIRE', times, ARGV[2])
  oldest = oldest or now
  return { 1, count + units, oldest + window - now, 0 }
end
local last = tonumber(redis.call('LINDEX', times, lacking - 1))
return { 0, count, oldest and oldest + window - now or 0, last and last + window - now or 0 }
`,
}
