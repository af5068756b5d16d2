/** Holds the client to the rate limit headers of the draft, and to those of older services. */
import { Effect } from "effect"
import { Headers } from "effect/http"
import { describe, expect, it } from "vitest"
import { readRateLimit } from "../../../../adapters/http/client/RateLimitHeaders.ts"
import { parseStringList } from "../../../../adapters/http/client/StructuredFields.ts"
import { failureOf, startOther, watchedClient } from "./WatchedClient.ts"

const earlier = { "ratelimit-limit": "100", "ratelimit-remaining": "40", "ratelimit-reset": "17" }
const ofEarlier = { policy: null, limit: 100, remaining: 40, reset_seconds: 17 }
const current = { "ratelimit-policy": '"user";q=100;w=60', ratelimit: '"user";r=42;t=18' }
const ofCurrent = { policy: "user", limit: 100, remaining: 42, reset_seconds: 18 }

describe("the status of the rate limit", () => {
  it.each([
    ["the draft's headers", current, ofCurrent],
    ["both kinds, and prefers the draft's", { ...earlier, ...current }, ofCurrent],
    ["the earlier headers alone", earlier, ofEarlier],
    ["those of an older service", { ...earlier, "ratelimit-policy": "100;w=60" }, ofEarlier],
    ["an unreadable field beside the earlier ones", { ...earlier, ...current, ratelimit: "user;r=1" }, ofEarlier],
    ["a state without a policy of its name", { ...current, ratelimit: '"ip";r=1;t=1' }, null],
    ["a state without a time", { ...current, ratelimit: '"user";r=1' }, null],
    ["a number that is none", { ...current, ratelimit: '"user";r=-1;t=1' }, null],
    ["no headers", {}, null],
    [
      "several limits, and returns the one that is nearest to its end",
      {
        "ratelimit-policy": '"user";q=100;w=60;pk=:cHsdsRa894==:, "token";q=10;w=1;qu="requests"',
        ratelimit: '"user";r=42;t=18 , "token"; r=2;t=1;new;x=1.5',
      },
      { policy: "token", limit: 10, remaining: 2, reset_seconds: 1 },
    ],
  ])("is read from %s", (_, headers, status) => {
    expect(readRateLimit(Headers.fromInput(headers))).toEqual(status)
  })

  it("is read from the responses of a service that has the earlier headers only", async () => {
    const { stop, url } = await startOther((_, response) => {
      response.writeHead(200, { "content-type": "text/html", ...earlier }).end()
    })
    const { client } = watchedClient({ url })
    await failureOf(client.users.getMe())
    expect(await Effect.runPromise(client.rateLimit)).toEqual(ofEarlier)
    await stop()
  })
})

describe("a list of strings", () => {
  it.each([
    ['"a"', [["a", {}]]],
    [
      ' "a" ,\t"b"',
      [
        ["a", {}],
        ["b", {}],
      ],
    ],
    [
      '"a, \\"b\\" \\\\;r=1";x="y;z=1, \\"";*k.-_=tok/en:1',
      [['a, "b" \\;r=1', { x: '"y;z=1, \\""', "*k.-_": "tok/en:1" }]],
    ],
    ['"a";f;f=?0;d=-1.5', [["a", { f: "?0", d: "-1.5" }]]],
    ['"a";r=1;r=2', [["a", { r: "2" }]]],
  ])("is read from %s", (field, items) => {
    expect(parseStringList(field)?.map(({ parameters, value }) => [value, Object.fromEntries(parameters)])).toEqual(
      items,
    )
  })

  it.each([
    "",
    "a",
    "1",
    '"a',
    '"a",',
    ',"a"',
    '"a" "b"',
    '"a";',
    '"a";R=1',
    '"a";r=',
    '"a" ;r=1',
    '"ä"',
    '"\\a"',
    '("a")',
    '"a",b',
  ])("is not read from %j", (field) => {
    expect(parseStringList(field)).toBeNull()
  })

  it("is read up to 4,096 characters", () => {
    const long = `"a"${";r=123456789012345".repeat(227)}`
    expect(parseStringList(long.padEnd(4_096))).toHaveLength(1)
    expect(parseStringList(long.padEnd(4_097))).toBeNull()
    for (const end of ["6", ";", '"', ",", '\\"', " x"]) expect(parseStringList(long + end)).toBeNull()
  })
})
