/** The cases of the settings of the network. */
import { availableParallelism } from "node:os"
import { type Case, number } from "./Case.ts"

export const networkCases: ReadonlyArray<Case> = [
  {
    setting: "HOST",
    of: ({ host }) => host,
    byDefault: "127.0.0.1",
    good: [
      ["0.0.0.0", "0.0.0.0"],
      ["::1", "::1"],
      ["tasks.internal", "tasks.internal"],
    ],
    malformed: ["http://x", "two words", "x/y", "h".repeat(256)],
  },
  number("PORT", ({ port }) => port, 3000, 0, 65_535),
  {
    ...number("WORKERS", ({ workers }) => workers, 1, 1, 64),
    good: [
      ["1", 1],
      ["64", 64],
      ["auto", Math.min(availableParallelism(), 64)],
    ],
    given: { DATABASE_URL: "postgres://localhost/tasks", REDIS_URL: "redis://localhost" },
  },
  {
    setting: "PUBLIC_URL",
    of: ({ publicUrl }) => publicUrl,
    byDefault: "http://127.0.0.1:3000",
    good: [
      ["https://tasks.example.com", "https://tasks.example.com"],
      ["https://tasks.example.com/", "https://tasks.example.com"],
      ["http://Tasks.Example.com:8080/base//", "http://tasks.example.com:8080/base"],
      ["http://[::1]:3000", "http://[::1]:3000"],
    ],
    malformed: [
      "tasks.example.com",
      "/tasks",
      "ftp://x",
      "https://u:p@x",
      "https://x?y",
      "https://x#y",
      "https://x//y",
      "https://x/y//z",
      "https://",
      "a b",
    ],
  },
  number("TRUST_PROXY", ({ trustedProxies }) => trustedProxies, 0, 0, 10),
  {
    setting: "CORS_ORIGINS",
    of: ({ corsOrigins }) => corsOrigins,
    byDefault: [],
    good: [
      ["https://app.example.com", ["https://app.example.com"]],
      ["https://a.example , http://localhost:5173", ["https://a.example", "http://localhost:5173"]],
      ["https://a.example,https://a.example", ["https://a.example"]],
    ],
    malformed: [
      "*",
      "null",
      "https://*.example.com",
      "https://a.example/",
      "https://a.example/path",
      "https://a.example:443",
      "a.example",
      "https://a.example,",
      "https://a.example https://b.example",
      "file:///x",
      Array.from({ length: 101 }, (_, index) => `https://a${index}.example`).join(","),
    ],
  },
]
