/** Determines the IP address that a request came from, and the group of addresses that limits count as one caller. */
import { Option, Result } from "effect"
import { NetAddress } from "effect/net"
import { addressOfNode } from "./ForwardedNode.ts"

/**
 * Returns the caller's address: the socket's remote address, unless `trustedProxies` proxies stand in front of the
 * service. Each of them appends the address it received the request from to `X-Forwarded-For`. So the caller is that
 * many entries from the right. The caller can forge any entry further left. If the list is too short, its first entry
 * is used.
 *
 * `forwardedFor` is the whole list, with the lines of a repeated header joined in their order. Empty entries do not
 * count (RFC 9110 §5.6.1). If the entry names no address, calls `reportUnreadable` with it and returns the socket's
 * remote address.
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
 * Returns the address that limits count by. An IPv6 address counts as its /64, which is what a single customer commonly
 * has. An IPv4 address mapped into IPv6 counts as that IPv4 address. So does one in the prefix of translators (RFC 6052
 * §2.1): otherwise all callers behind a translator would count as one.
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
