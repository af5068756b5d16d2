// The rate limit: an exact sliding window in a map, or in Redis with one script.
import { Redis } from "ioredis"

const { RATE_LIMIT_IP, RATE_LIMIT_USER, REDIS_KEY_PREFIX = "", REDIS_URL } = process.env
const windowMillis = 60_000
const limits = { user: Number(RATE_LIMIT_USER ?? 100), ip: Number(RATE_LIMIT_IP ?? 20) }

const windows = new Map()

const takeLocal = (key, limit, units) => {
  const now = Date.now()
  let times = windows.get(key)
  if (times === undefined) {
    times = { at: [], first: 0 }
    windows.set(key, times)
  }
  while (times.first < times.at.length && times.at[times.first] <= now - windowMillis) times.first++
  if (times.first > 1000) {
    times.at.splice(0, times.first)
    times.first = 0
  }
  const used = times.at.length - times.first
  const isAllowed = used + units <= limit
  if (isAllowed) for (let unit = 0; unit < units; unit++) times.at.push(now)
  const reset = Math.ceil(((times.at[times.first] ?? now) + windowMillis - now) / 1000)
  return { isAllowed, remaining: limit - used - (isAllowed ? units : 0), reset }
}

const script = `
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local window, limit, units = tonumber(ARGV[2]) * 1000, tonumber(ARGV[1]), tonumber(ARGV[3])
local oldest = tonumber(redis.call('LINDEX', KEYS[1], 0))
while oldest and oldest + window <= now do
  redis.call('LPOP', KEYS[1])
  oldest = tonumber(redis.call('LINDEX', KEYS[1], 0))
end
local count = redis.call('LLEN', KEYS[1])
if count + units > limit then return { 0, count, oldest and oldest + window - now or 0 } end
for _ = 1, units do redis.call('RPUSH', KEYS[1], string.format('%.0f', now)) end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return { 1, count + units, (oldest or now) + window - now }`

const redis = REDIS_URL === undefined ? undefined : new Redis(REDIS_URL, { keyPrefix: REDIS_KEY_PREFIX })
redis?.defineCommand("takeUnits", { numberOfKeys: 1, lua: script })

const takeShared = async (key, limit, units) => {
  const [isAllowed, count, micros] = await redis.takeUnits(key, limit, windowMillis, units)
  return { isAllowed: isAllowed === 1, remaining: limit - count, reset: Math.ceil(micros / 1_000_000) }
}

/** Takes units of the quota of a user or an address, and refuses the request if there are too few. */
export const take = async (reply, policy, key, units) => {
  const limit = limits[policy]
  const taking = redis === undefined ? takeLocal(key, limit, units) : takeShared(key, limit, units)
  const { isAllowed, remaining, reset } = await taking
  reply.header("ratelimit-policy", `"${policy}";q=${limit};w=60`)
  reply.header("ratelimit", `"${policy}";r=${remaining};t=${reset}`)
  reply.header("ratelimit-limit", String(limit))
  reply.header("ratelimit-remaining", String(remaining))
  reply.header("ratelimit-reset", String(reset))
  if (!isAllowed) return reply.code(429).send({ code: "rate_limited" })
}

/** A batch takes its units when its body is read. */
export const takeQuota = async (request, reply) => {
  if (request.routeOptions.config.takesUnitsItself === true) return
  return take(reply, "user", request.userId, 1)
}

export const closeLimits = async () => {
  await redis?.quit()
}
