/** Holds the comparison of repeated requests to the parts that matter. */
import { describe, expect, it } from "@effect/vitest"
import * as fc from "fast-check"
import { canonicalText, type RequestFingerprint } from "../../../domain/changes/RequestFingerprint.ts"

const request: RequestFingerprint = {
  method: "PATCH",
  target: "/api/v1/tasks/1?dry_run=true",
  ifMatch: '"7"',
  body: { version: 7, title: "Buy milk", tags: ["b", "a"] },
}

describe("canonicalText", () => {
  it("is JSON with sorted members and no white space", () => {
    expect(canonicalText(request)).toBe(
      '["PATCH","/api/v1/tasks/1?dry_run=true","\\"7\\"",{"tags":["b","a"],"title":"Buy milk","version":7}]',
    )
  })

  it.each<Partial<RequestFingerprint>>([
    { method: "POST" },
    { target: "/api/v1/tasks/1" },
    { ifMatch: null },
    { ifMatch: '"8"' },
    { body: null },
    { body: { version: 7, title: "Buy milk", tags: ["a", "b"] } },
    { body: { version: 7, title: "Buy milk", tags: ["b", "a"], more: null } },
    { body: { version: "7", title: "Buy milk", tags: ["b", "a"] } },
  ])("differs if the request differs in %j", (part) => {
    expect(canonicalText({ ...request, ...part })).not.toBe(canonicalText(request))
  })

  it("ignores white space, escapes and the spelling of numbers", () => {
    const [one, other] = ['{"a":10,"b":"é"}', '{ "b" : "\\u00e9",\n "a" : 1.0e1 }'].map((text) =>
      canonicalText({ ...request, body: JSON.parse(text) }),
    )
    expect(one).toBe(other)
  })

  it("keeps members with any name", () => {
    const body = JSON.parse('{"__proto__":{"a":1},"constructor":2,"":3}')
    expect(canonicalText({ ...request, body })).toContain('{"":3,"__proto__":{"a":1},"constructor":2}')
  })

  const shuffled = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shuffled)
    if (value === null || typeof value !== "object") return value
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([name, member]) => [name, shuffled(member)]),
    )
  }
  const parsed = fc.json().map((text) => JSON.parse(text))

  it("does not depend on the order of members", () => {
    fc.assert(
      fc.property(parsed, (body) => {
        expect(canonicalText({ ...request, body: JSON.parse(JSON.stringify(shuffled(body))) })).toBe(
          canonicalText({ ...request, body }),
        )
      }),
    )
  })

  it("is JSON of the same value, so different bodies differ", () => {
    fc.assert(
      fc.property(parsed, (body) => {
        expect(JSON.parse(canonicalText({ ...request, body }))).toStrictEqual([
          request.method,
          request.target,
          request.ifMatch,
          JSON.parse(JSON.stringify(body)),
        ])
      }),
    )
  })
})
