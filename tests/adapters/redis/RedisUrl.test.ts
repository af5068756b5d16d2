/** Holds Redis URLs to the single, cluster and Sentinel forms that the adapter supports. */
import { describe, expect, it } from "@effect/vitest"
import { Option } from "effect"
import { describe as describeTarget, parse, RedisTarget } from "../../../adapters/redis/connection/RedisUrl.ts"

const open = { username: null, password: null, hasTls: false }

const good: ReadonlyArray<readonly [text: string, target: RedisTarget]> = [
  ["redis://cache", RedisTarget.Single({ ...open, node: { host: "cache", port: 6379 }, database: 0 })],
  ["redis://[::1]:7000/3", RedisTarget.Single({ ...open, node: { host: "::1", port: 7000 }, database: 3 })],
  [
    "rediss://ada:p%40ss%2Fword@cache.example.com:6380/",
    RedisTarget.Single({
      username: "ada",
      password: "p@ss/word",
      hasTls: true,
      node: { host: "cache.example.com", port: 6380 },
      database: 0,
    }),
  ],
  [
    "redis://:secret@cache",
    RedisTarget.Single({ ...open, password: "secret", node: { host: "cache", port: 6379 }, database: 0 }),
  ],
  [
    "redis+sentinel://one:26380,two/mymaster/2",
    RedisTarget.Sentinel({
      ...open,
      sentinels: [
        { host: "one", port: 26_380 },
        { host: "two", port: 26_379 },
      ],
      masterName: "mymaster",
      database: 2,
    }),
  ],
  [
    "rediss+cluster://u:p@10.0.0.1:7000,10.0.0.2:7001",
    RedisTarget.Cluster({
      username: "u",
      password: "p",
      hasTls: true,
      nodes: [
        { host: "10.0.0.1", port: 7000 },
        { host: "10.0.0.2", port: 7001 },
      ],
    }),
  ],
]

const malformed = [
  "cache:6379",
  "http://cache",
  "redis://",
  "redis://cache:0",
  "redis://cache:65536",
  "redis://cache/x",
  "redis://cache/0/1",
  "redis://cache?x=1",
  "redis://cache#x",
  "redis://one,two",
  "redis://two words",
  "redis://u:%zz@cache",
  "redis://cache\n",
  "redis+sentinel://one",
  "redis+sentinel://one/",
  "redis+sentinel://one/a/b/c",
  "redis+sentinel://one/two words",
  "redis+cluster://one/0",
  "redis+cluster://one,",
  `redis+cluster://${Array.from({ length: 33 }, (_, index) => `n${index}`).join(",")}`,
]

describe("RedisUrl", () => {
  it("parses a server, Sentinels and a cluster", () => {
    for (const [text, target] of good) expect(parse(text), text).toStrictEqual(Option.some(target))
  })

  it("refuses any other text", () => {
    for (const text of malformed) expect(parse(text), text).toStrictEqual(Option.none())
  })

  it("describes a target without its credentials", () => {
    expect(good.map(([, target]) => describeTarget(target))).toStrictEqual([
      "cache:6379",
      "[::1]:7000",
      "cache.example.com:6380",
      "cache:6379",
      "mymaster of the Sentinels one:26380, two:26379",
      "the cluster of 10.0.0.1:7000, 10.0.0.2:7001",
    ])
  })
})
