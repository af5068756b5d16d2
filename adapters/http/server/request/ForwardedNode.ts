/** Parses an entry of `X-Forwarded-For`, as proxies write one: an address, often with a port, brackets or quotes. */
import { Option, Result } from "effect"
import { NetAddress } from "effect/net"

/** Longer than any address with a zone and a port, in characters. A longer entry is rejected. */
const maxLength = 160

/** Matches an unquoted node of RFC 7239 §6 that is an address: its brackets, its port or an obfuscated port. */
const node = /^(?:\[(?<bracketed>[^[\]]+)\]|(?<bare>[^[\]]+?))(?::(?:(?<port>\d{1,5})|_[\w.-]+))?$/

/**
 * Matches the interface in link-local IPv6 addresses (RFC 4007 §11, RFC 6874 §2). It has no meaning on other machines.
 */
const zone = /%[\w.~%-]{1,64}$/

const unquoted = (entry: string): string => /^"([^"\\]*)"$/.exec(entry)?.[1] ?? entry

const ipOf = (text: string): Option.Option<string> =>
  Option.map(Result.getSuccess(NetAddress.ipFromString(text)), NetAddress.formatIp)

const isPort = (text: string | undefined): boolean => text === undefined || Number(text) <= 65_535

/**
 * Returns the entry's IP address without port and zone, in its shortest spelling. Returns none if the entry names no
 * address: `unknown`, obfuscated names such as `_a1`, IPv4 with leading zeros, a port above 65535, and anything else.
 */
export const addressOfNode = (entry: string): Option.Option<string> => {
  if (entry.length > maxLength) return Option.none()
  const text = unquoted(entry)
  // Nearly every entry is an address alone. An IPv6 address without brackets has no port: a port would be its last
  // group.
  const plain = ipOf(text.includes(":") ? text.replace(zone, "") : text)
  if (Option.isSome(plain)) return plain
  const { bare, bracketed, port } = node.exec(text)?.groups ?? {}
  if (!isPort(port)) return Option.none()
  if (bracketed !== undefined) return ipOf(bracketed.replace(zone, "")).pipe(Option.filter((ip) => ip.includes(":")))
  return bare === undefined || bare.includes(":") ? Option.none() : ipOf(bare)
}
