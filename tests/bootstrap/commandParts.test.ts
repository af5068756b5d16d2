/** Holds a local command to the modules that it uses: those of servers, clients and mail are loaded by others alone. */
import { relative } from "node:path"
import { describe, expect, it } from "vitest"
import { findCommandParts } from "../../packaging/commandBundle.ts"
import { root } from "../support/sources.ts"

/** Modules that a list on the local database does not use. Those that parse the settings' values are excepted. */
const unused = [
  /^adapters\/http\/server\/(?!settings\/)/,
  /^adapters\/http\/client\//,
  /^adapters\/http\/api\/v1\/(?:Api|OpenApi\w*|GenerateOpenApi)\.ts$/,
  /^adapters\/mail\/smtp\/(?!SmtpUrl\.)/,
  /^adapters\/mcp\//,
  /^adapters\/redis\/(?!connection\/RedisUrl\.)/,
  /^adapters\/workers\//,
  /^adapters\/telemetry\/tracing\/(?!Sampler\.)/,
  /^node_modules\/(?:argon2|bowser|ioredis|nodemailer)\//,
  /^node_modules\/effect\/dist\/(?:ai|unstable)\//,
]

const pathsOf = (modules: ReadonlySet<string>): ReadonlyArray<string> =>
  [...modules].map((path) => relative(root, path).replaceAll("\\", "/")).sort()

const unusedOf = (paths: ReadonlyArray<string>): ReadonlyArray<string> =>
  paths.filter((path) => unused.some((pattern) => pattern.test(path)))

describe("the command", () => {
  it("loads for a local list no server, client, mail server, Redis and password hash", async () => {
    const { base, embedded, local } = await findCommandParts()
    const loaded = pathsOf(new Set([...base, ...local, ...embedded]))
    expect(loaded).toContain("application/tasks/ListTasks.ts")
    expect(loaded).toContain("adapters/postgres/embedded/EmbeddedPostgres.ts")
    expect(unusedOf(loaded)).toStrictEqual([])
  }, 60_000)

  it("loads for its help no use case, no adapter of a store and no settings", async () => {
    const { base } = await findCommandParts()
    const loaded = pathsOf(base)
    expect(loaded).toContain("adapters/cli/Main.ts")
    expect(
      loaded.filter((path) =>
        /^(?:adapters\/(?:postgres|memory|crypto)|bootstrap\/(?:ports|live|CliSettings))/.test(path),
      ),
    ).toStrictEqual([])
  }, 60_000)
})
