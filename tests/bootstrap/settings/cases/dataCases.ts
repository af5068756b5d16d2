/** The cases of the settings of the data: the databases, Redis, and how long records are kept. */
import { availableParallelism } from "node:os"
import { Redacted } from "effect"
import { Database } from "../../../../bootstrap/settings/Settings.ts"
import { type Case, number } from "./Case.ts"

const fewConnections = Math.min(Math.max(availableParallelism() + 2, 4), 10)

export const dataCases: ReadonlyArray<Case> = [
  {
    setting: "DATA_DIR",
    of: ({ dataDir, database }) => [dataDir, database],
    byDefault: [".data", Database.Embedded({ dataDir: ".data" })],
    good: [
      ["/var/lib/taskwright", ["/var/lib/taskwright", Database.Embedded({ dataDir: "/var/lib/taskwright" })]],
      ["memory:", [null, Database.Memory()]],
    ],
    malformed: ["a\0b", "d".repeat(1025)],
  },
  {
    setting: "DATABASE_URL",
    of: ({ database }) => (database._tag === "Server" ? Redacted.value(database.url) : database._tag),
    byDefault: "Embedded",
    good: [
      ["postgres://u:hunter2@db:5432/tasks", "postgres://u:hunter2@db:5432/tasks"],
      ["postgresql://db/tasks?sslmode=require", "postgresql://db/tasks?sslmode=require"],
      ["memory:", "Memory"],
    ],
    malformed: [
      ...["mysql://u:hunter2@db/tasks", "hunter2", "postgres:", "postgres:///tasks", "postgres://u:hunter2@ /x"],
      ...["postgres://u:hunter2@db/tasks?sslmod=require", "postgres://u:hunter2@db/tasks?sslmode=hunter2"],
    ],
  },
  number("DATABASE_POOL_SIZE", ({ databasePoolSize }) => databasePoolSize, fewConnections, 1, 200),
  {
    setting: "DATABASE_POOLER",
    of: ({ databasePooler }) => databasePooler,
    byDefault: "none",
    good: [
      ["transaction", "transaction"],
      ["none", "none"],
    ],
    malformed: ["session", "statement", "true", "6432"],
  },
  {
    setting: "DELETED_TASK_RETENTION",
    of: ({ deletedTaskRetentionMillis }) => deletedTaskRetentionMillis,
    byDefault: 2_592_000_000,
    good: [
      ["1 day", 86_400_000],
      ["36 hours", 129_600_000],
      ["3650 days", 315_360_000_000],
    ],
    malformed: ["30", "30d", "for ever", "23 hours", "3651 days", "-30 days", "Infinity"],
  },
  {
    setting: "CHANGE_RETENTION",
    of: ({ changeRetentionMillis }) => changeRetentionMillis,
    byDefault: 7_776_000_000,
    good: [
      ["30 days", 2_592_000_000],
      ["3650 days", 315_360_000_000],
    ],
    malformed: ["90", "90d", "for ever", "23 hours", "3651 days", "-90 days", "Infinity"],
  },
  {
    setting: "IDEMPOTENCY_RETENTION",
    of: ({ idempotencyRetentionMillis }) => idempotencyRetentionMillis,
    byDefault: 86_400_000,
    good: [
      ["1 minute", 60_000],
      ["36 hours", 129_600_000],
      ["30 days", 2_592_000_000],
    ],
    malformed: ["24", "24h", "for ever", "59 seconds", "31 days", "-1 hours", "Infinity"],
  },
  {
    setting: "REDIS_URL",
    of: ({ redisUrl }) => redisUrl && Redacted.value(redisUrl),
    byDefault: null,
    good: [
      ["redis://localhost:6379", "redis://localhost:6379"],
      ["rediss://:hunter2@cache:6380/1", "rediss://:hunter2@cache:6380/1"],
      ["redis+sentinel://a:26379,b/mymaster", "redis+sentinel://a:26379,b/mymaster"],
      ["rediss+cluster://u:hunter2@a:7000,b:7001", "rediss+cluster://u:hunter2@a:7000,b:7001"],
    ],
    malformed: ["localhost:6379", "http://:hunter2@cache", "hunter2", "redis+sentinel://:hunter2@cache"],
  },
  {
    setting: "REDIS_KEY_PREFIX",
    of: ({ redisKeyPrefix }) => redisKeyPrefix,
    byDefault: "taskwright:",
    good: [["staging/tasks:", "staging/tasks:"]],
    malformed: ["two words", "a{b}", "ä", "p".repeat(65)],
  },
]
