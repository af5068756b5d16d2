import { Result } from "effect"
import { NetAddress } from "effect/net"

/**
 * Who called: the peer, unless `trustedProxies` proxies stand in front of the service. Each of them appended whom it
 * heard from to `X-Forwarded-For`, so the caller is that many entries from the right; what stands further left is the
 * caller's own invention. A list that is too short was not written by all of them: its first entry is the best there is.
 */
export const clientAddress = (peer: string, forwardedFor: string | undefined, trustedProxies: number): string => {
  if (trustedProxies === 0 || forwardedFor === undefined) return peer
  const hops = forwardedFor.split(",")
  const hop = hops[Math.max(hops.length - trustedProxies, 0)]?.trim() ?? ""
  return Result.isSuccess(NetAddress.ipFromString(hop)) ? hop : peer
}

/**
 * The address that limits count by: an IPv6 one stands for its /64, which is what a single customer commonly has; an
 * IPv4 address mapped into IPv6 is that IPv4 address.
 */
export const addressGroup = (address: string): string => {
  if (!address.includes(":")) return address
  const [withoutZone = ""] = address.split("%")
  const parsed = Result.getOrUndefined(NetAddress.ipv6FromString(withoutZone))
  if (parsed === undefined) return address
  const segments = NetAddress.ipv6ToSegments(parsed)
  if (NetAddress.isIpv4Mapped(parsed)) {
    const [high, low] = [segments[6], segments[7]]
    return [high >> 8, high & 255, low >> 8, low & 255].join(".")
  }
  return `${segments
    .slice(0, 4)
    .map((segment) => segment.toString(16))
    .join(":")}::/64`
}
