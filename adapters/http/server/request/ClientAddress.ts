/** Finds the address that a request came from, and the group of addresses that limits count as one caller. */
import { Option, Result } from "effect"
import { NetAddress } from "effect/net"
import { addressOfNode } from "./ForwardedNode.ts"

/**
 * Returns the caller's address: the peer's, unless `trustedProxies` proxies stand in front of the service. Each of them
 * appends the address it heard from to `X-Forwarded-For`, so the caller is that many entries from the right. Entries
 * further left are the caller's own invention. If the list is too short, its first entry is the best there is.
 *
 * `forwardedFor` is the whole list, with the lines of a repeated header joined in their order. Empty entries do not count
 * (RFC 9110 §5.6.1). If the entry names no address, calls `reportUnreadable` with it and returns the peer's address.
 */
export const clientAddress = (
  peer: string,
  forwardedFor: string | undefined,
  trustedProxies: number,
  reportUnreadable: (entry: string) => void,
): string => {
  if (trustedProxies === 0 || forwardedFor === undefined) return peer
  const entries = forwardedFor
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "")
  const entry = entries[Math.max(entries.length - trustedProxies, 0)] ?? ""
  const address = addressOfNode(entry)
  if (Option.isSome(address)) return address.value
  reportUnreadable(entry)
  return peer
}

/**
 * The address that limits count by: an IPv6 one stands for its /64, which is what a single customer commonly has. An IPv4
 * address mapped into IPv6 is that IPv4 address, and so is one in the prefix that translators embed it in (RFC 6052 §2.1):
 * else all callers behind a translator would count as one.
 */
export const addressGroup = (address: string): string => {
  if (!address.includes(":")) return address
  const [withoutZone = ""] = address.split("%")
  const parsed = Result.getOrUndefined(NetAddress.ipv6FromString(withoutZone))
  if (parsed === undefined) return address
  const segments = NetAddress.ipv6ToSegments(parsed)
  if (NetAddress.isIpv4Mapped(parsed) || isTranslated(segments)) {
    const [high, low] = [segments[6], segments[7]]
    return [high >> 8, high & 255, low >> 8, low & 255].join(".")
  }
  return `${segments
    .slice(0, 4)
    .map((segment) => segment.toString(16))
    .join(":")}::/64`
}

/** Whether the address is in 64:ff9b::/96. */
const isTranslated = ([first, second, ...others]: ReadonlyArray<number>): boolean =>
  first === 0x64 && second === 0xff9b && others.slice(0, 4).every((segment) => segment === 0)
