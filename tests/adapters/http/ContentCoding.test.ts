/** Holds the choice of a content coding to `Accept-Encoding`. */
import { describe, expect, it } from "vitest"
import { negotiateCoding } from "../../../adapters/http/server/response/ContentCoding.ts"

describe("the content coding", () => {
  it.each([
    [undefined, "identity"],
    ["", "identity"],
    ["gzip", "gzip"],
    ["GZIP", "gzip"],
    ["x-gzip", "gzip"],
    ["br", "br"],
    ["gzip, deflate, br, zstd", "br"],
    ["br;q=0.5, gzip;q=0.8", "gzip"],
    ["br; q=0.8 , gzip; q=0.8", "br"],
    ["gzip;q=0", "identity"],
    ["gzip;q=0.000", "identity"],
    ["*", "br"],
    ["*;q=0.1, br;q=0", "gzip"],
    ["identity", "identity"],
    ["identity;q=0.5, gzip;q=0.4", "identity"],
    ["identity;q=0.3, gzip;q=0.4", "gzip"],
    ["gzip;q=0.001", "gzip"],
    ["deflate, zstd", "identity"],
    ["identity;q=0, *;q=0", "identity"],
    ["br;q=2, gzip;q=x", "identity"],
    [",,;q=1,", "identity"],
    [`${"gzip;".repeat(3000)}q=1`, "gzip"],
  ] as const)("for Accept-Encoding: %s is %s", (accepted, coding) => {
    expect(negotiateCoding(accepted)).toBe(coding)
  })
})
