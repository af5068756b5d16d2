/** The Lua scripts of the lockout in `RedisLoginThrottle`. */
import type { RedisScript } from "./RedisScript.ts"

/**
 * The prelude of every script. All keys belong to one email, and all times are Redis's, in microseconds.
 *
 * KEYS:
 *
 * 1. the pair's failures, at most as many as lock it
 * 2. until when the pair is locked
 * 3. when the pair's attempts in progress began
 * 4. the failures of the email, with the attempts in progress
 * 5. the IPs it is known from
 */
const prelude = `
local failures, lock, underWay, emailFailures, knownIps = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local function text(micros) return string.format('%.0f', micros) end
local function count(times, kept, millis)
  redis.call('RPUSH', times, text(now))
  redis.call('LTRIM', times, -kept, -1)
  redis.call('PEXPIRE', times, millis)
end
-- Returns until when that many failures are within the window; 0 if there are fewer.
local function reachedUntil(times, number, millis)
  local time = redis.call('LINDEX', times, -number)
  -- After a fail-over the clock is another server's. If that clock is behind, count no time as later than now.
  return time and math.min(time, now) + millis * 1000 or 0
end
`

const keys = 5

/**
 * ARGV:
 *
 * 1. the IP
 * 2. failures that lock a pair
 * 3. the pair's window in milliseconds
 * 4. failures that lock an email
 * 5. the email's window in milliseconds
 * 6. after how many milliseconds an attempt in progress no longer counts
 *
 * Returns:
 *
 * - 0 if the attempt may begin
 * - -2 if it may begin and the pair has logged in before
 * - -1 if it must wait for the attempts in progress
 * - otherwise, for how many milliseconds it is refused
 */
export const begin: RedisScript = {
  name: "taskwrightBeginLogin",
  keys,
  lua: `${prelude}
local ip, pairFailures, pairMillis = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local emailLimit, emailMillis, attemptMillis = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])

local lockedUntil = math.min(tonumber(redis.call('GET', lock) or 0), now + pairMillis * 1000)
if not redis.call('ZSCORE', knownIps, ip) then
  lockedUntil = math.max(lockedUntil, reachedUntil(emailFailures, emailLimit, emailMillis))
end
if lockedUntil > now then return math.ceil((lockedUntil - now) / 1000) end

local eldest = redis.call('LINDEX', underWay, 0)
while eldest and (eldest + attemptMillis * 1000 <= now or tonumber(eldest) > now) do
  redis.call('LPOP', underWay)
  eldest = redis.call('LINDEX', underWay, 0)
end
local others = redis.call('LLEN', underWay)
if others > 0 and (others >= pairFailures or reachedUntil(failures, pairFailures - others, pairMillis) > now) then
  return -1
end
redis.call('RPUSH', underWay, text(now))
redis.call('PEXPIRE', underWay, attemptMillis)
-- A known IP can still fail while the email is locked, so store more failures than lock it.
count(emailFailures, 2 * emailLimit, emailMillis)
return redis.call('ZSCORE', knownIps, ip) and -2 or 0
`,
}

/** ARGV: failures that lock a pair, its window in milliseconds. */
export const recordFailure: RedisScript = {
  name: "taskwrightRecordLoginFailure",
  keys,
  lua: `${prelude}
local pairFailures, pairMillis = tonumber(ARGV[1]), tonumber(ARGV[2])
redis.call('LPOP', underWay)
count(failures, pairFailures, pairMillis)
if reachedUntil(failures, pairFailures, pairMillis) > now then
  redis.call('SET', lock, text(now + pairMillis * 1000), 'PX', pairMillis)
end
`,
}

/** ARGV: the IP, the maximum number of known IPs, for how many milliseconds they are known. */
export const recordSuccess: RedisScript = {
  name: "taskwrightRecordLoginSuccess",
  keys,
  lua: `${prelude}
redis.call('LPOP', underWay)
redis.call('DEL', failures)
redis.call('RPOP', emailFailures)
redis.call('ZADD', knownIps, text(now), ARGV[1])
redis.call('ZREMRANGEBYRANK', knownIps, 0, -ARGV[2] - 1)
redis.call('PEXPIRE', knownIps, ARGV[3])
`,
}

export const cancel: RedisScript = {
  name: "taskwrightCancelLogin",
  keys,
  lua: `${prelude}
redis.call('LPOP', underWay)
redis.call('RPOP', emailFailures)
`,
}

/** KEYS: 1 the mark that a failed login from an IP, or an account opened from it, leaves. Returns whether it exists. */
export const hasMark: RedisScript = {
  name: "taskwrightHasLoginMark",
  keys: 1,
  lua: "return redis.call('EXISTS', KEYS[1])",
}
