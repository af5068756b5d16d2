import { describe, expect, test } from "vitest"
import { addressGroup, clientAddress } from "../../../adapters/http/ClientAddress.ts"

const peer = "127.0.0.1"

describe("the client's address", () => {
  test("is the peer's where no proxy is trusted, whatever the header says", () => {
    expect(clientAddress(peer, "192.0.2.1", 0)).toBe(peer)
    expect(clientAddress(peer, undefined, 0)).toBe(peer)
    expect(clientAddress(peer, undefined, 2)).toBe(peer)
  })

  test("is the entry that the outermost trusted proxy wrote, counted from the right", () => {
    const header = "203.0.113.1, 203.0.113.2,192.0.2.2 ,\t192.0.2.1"
    expect(clientAddress(peer, header, 1)).toBe("192.0.2.1")
    expect(clientAddress(peer, header, 2)).toBe("192.0.2.2")
    expect(clientAddress(peer, header, 3)).toBe("203.0.113.2")
    expect(clientAddress(peer, `${"1.1.1.1,".repeat(1000)}${header}`, 2)).toBe("192.0.2.2")
  })

  test("is the first entry of a list that is shorter than the proxies are many", () => {
    expect(clientAddress(peer, "192.0.2.2, 192.0.2.1", 5)).toBe("192.0.2.2")
    expect(clientAddress(peer, "192.0.2.1", 2)).toBe("192.0.2.1")
  })

  test("is the peer's where the entry is no address", () => {
    const entries = [
      "",
      " ",
      "unknown",
      "_hidden",
      "192.0.2",
      "192.0.2.256",
      "0300.0.2.1",
      "1.2.3.4:80",
      "[2001:db8::1]",
      "a b",
    ]
    for (const entry of entries) {
      expect([entry, clientAddress(peer, `192.0.2.9, ${entry}`, 1)]).toEqual([entry, peer])
    }
  })

  test("may be of version 6", () => {
    expect(clientAddress(peer, "192.0.2.1, 2001:db8::1", 1)).toBe("2001:db8::1")
  })
})

describe("the group that limits count by", () => {
  test("is an IPv4 address itself, also where it is mapped into IPv6", () => {
    expect(addressGroup("192.0.2.1")).toBe("192.0.2.1")
    expect(addressGroup("::ffff:192.0.2.1")).toBe("192.0.2.1")
    expect(addressGroup("::FFFF:c000:201")).toBe("192.0.2.1")
  })

  test("is the /64 of an IPv6 address, however that is written", () => {
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

  test("is the text itself where it is no address", () => {
    expect(addressGroup("unknown")).toBe("unknown")
    expect(addressGroup("a:b")).toBe("a:b")
  })
})
