/** Holds the client's address to the trusted proxies' headers and to no other. */
import { describe, expect, it } from "vitest"
import { addressGroup, clientAddress as clientAddressOf } from "../../../adapters/http/server/request/ClientAddress.ts"

const peer = "127.0.0.1"
const unreadable: Array<string> = []
const clientAddress = (from: string, header: string | undefined, trustedProxies: number): string =>
  clientAddressOf(from, header, trustedProxies, (entry) => unreadable.push(entry))

describe("the client's address", () => {
  it("is the peer's where no proxy is trusted, whatever the header says", () => {
    expect(clientAddress(peer, "192.0.2.1", 0)).toBe(peer)
    expect(clientAddress(peer, undefined, 0)).toBe(peer)
    expect(clientAddress(peer, undefined, 2)).toBe(peer)
  })

  it("is the entry that the outermost trusted proxy wrote, counted from the right", () => {
    const header = "203.0.113.1, 203.0.113.2,192.0.2.2 ,\t192.0.2.1"
    expect(clientAddress(peer, header, 1)).toBe("192.0.2.1")
    expect(clientAddress(peer, header, 2)).toBe("192.0.2.2")
    expect(clientAddress(peer, header, 3)).toBe("203.0.113.2")
    expect(clientAddress(peer, `${"1.1.1.1,".repeat(1000)}${header}`, 2)).toBe("192.0.2.2")
  })

  it("is the first entry of a list that is shorter than the proxies are many", () => {
    expect(clientAddress(peer, "192.0.2.2, 192.0.2.1", 5)).toBe("192.0.2.2")
    expect(clientAddress(peer, "192.0.2.1", 2)).toBe("192.0.2.1")
  })

  it.each([
    ["203.0.113.66:50001", "203.0.113.66"],
    ["203.0.113.66:0", "203.0.113.66"],
    ["203.0.113.66:_obf-1.x", "203.0.113.66"],
    ['"203.0.113.66:50001"', "203.0.113.66"],
    ['"203.0.113.66"', "203.0.113.66"],
    ["2001:db8::1", "2001:db8::1"],
    ["2001:0DB8:0:0:0:0:0:1", "2001:db8::1"],
    ["[2001:db8::1]", "2001:db8::1"],
    ["[2001:db8::1]:443", "2001:db8::1"],
    ['"[2001:db8::1]:443"', "2001:db8::1"],
    ['"[2001:db8::1]"', "2001:db8::1"],
    ["::ffff:203.0.113.66", "::ffff:203.0.113.66"],
    ["[::ffff:203.0.113.66]:50001", "::ffff:203.0.113.66"],
    ["fe80::1%eth0", "fe80::1"],
    ["[fe80::1%25eth0]:443", "fe80::1"],
  ])("is read from %s", (entry, address) => {
    unreadable.length = 0
    expect(clientAddress(peer, `192.0.2.9, ${entry}`, 1)).toBe(address)
    expect(clientAddress(peer, `192.0.2.9,${entry}\t, 198.51.100.7:80`, 2)).toBe(address)
    expect(unreadable).toEqual([])
  })

  it("is counted without empty entries", () => {
    expect(clientAddress(peer, "192.0.2.9, 203.0.113.66, ", 1)).toBe("203.0.113.66")
    expect(clientAddress(peer, ",192.0.2.9,, 203.0.113.66, ,\t,203.0.113.67,", 2)).toBe("203.0.113.66")
    expect(clientAddress(peer, ",, 203.0.113.66", 3)).toBe("203.0.113.66")
  })

  it.each([
    "unknown",
    '"unknown"',
    "_hidden",
    "_SEVKISEK",
    "192.0.2",
    "192.0.2.256",
    "0300.0.2.1",
    "203.0.113.066",
    "0x7f.0.0.1",
    "203.0.113.66:",
    "203.0.113.66:65536",
    "203.0.113.66:-1",
    "203.0.113.66:80:80",
    // An IPv6 address without brackets has no port.
    "2001:db8::1:50001",
    "2001:db8:0:0:0:0:0:1:443",
    "[203.0.113.66]",
    "[2001:db8::1",
    "2001:db8::1]",
    "[2001:db8::1]443",
    "[2001:db8::1]:99999",
    "[[2001:db8::1]]",
    "[]",
    '"',
    '""',
    '"203.0.113.66',
    '"203.0.113\\.66"',
    "203.0.113.66%eth0",
    "for=203.0.113.66",
    "unix:",
    "localhost",
    "a b",
    "9".repeat(10_000),
    `203.0.113.66:_${"x".repeat(160)}`,
  ])("is the peer's if the entry is %s, and the entry is reported", (entry) => {
    unreadable.length = 0
    expect(clientAddress(peer, `192.0.2.9, ${entry}`, 1)).toBe(peer)
    expect(unreadable).toEqual([entry])
  })

  it("is the peer's if the list holds nothing", () => {
    for (const nothing of ["", " ", ",", " , ,"]) expect(clientAddress(peer, nothing, 1)).toBe(peer)
  })
})

describe("the group that limits count by", () => {
  it("is an IPv4 address itself, also where it is mapped into IPv6", () => {
    expect(addressGroup("192.0.2.1")).toBe("192.0.2.1")
    expect(addressGroup("::ffff:192.0.2.1")).toBe("192.0.2.1")
    expect(addressGroup("::FFFF:c000:201")).toBe("192.0.2.1")
  })

  it("is the IPv4 address that a translator in front of a server with IPv6 alone embeds in the well-known prefix", () => {
    expect(addressGroup("64:ff9b::192.0.2.1")).toBe("192.0.2.1")
    expect(addressGroup("64:FF9B:0:0::c000:201")).toBe("192.0.2.1")
    expect(addressGroup("64:ff9b:1::c000:201")).not.toBe("192.0.2.1")
    expect(addressGroup("64:ff9b::1:c000:201")).not.toBe("192.0.2.1")
  })

  it("is the /64 of an IPv6 address, however that is written", () => {
    const group = addressGroup("2001:db8:0:1::1")
    for (const same of [
      "2001:0db8:0000:0001:0000:0000:0000:0001",
      "2001:DB8:0:1:ffff:ffff:ffff:ffff",
      "2001:db8:0:1::%eth0",
    ]) {
      expect([same, addressGroup(same)]).toEqual([same, group])
    }
    for (const other of ["2001:db8:0:2::1", "2001:db8::1", "::1", "fe80::1"]) {
      expect([other, addressGroup(other)]).not.toEqual([other, group])
    }
  })

  it("is the text itself where it is no address", () => {
    expect(addressGroup("unknown")).toBe("unknown")
    expect(addressGroup("a:b")).toBe("a:b")
  })
})
