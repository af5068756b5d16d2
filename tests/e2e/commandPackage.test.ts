/** Installs the package of the command as its users do, and runs it. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { transformSync } from "rolldown/utils"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { minimumMajor } from "../../bootstrap/launcher/NodeVersion.ts"
import packageJson from "../../package.json" with { type: "json" }
import { productionPackages } from "../../packaging/licenses.ts"
import { packCommand } from "../../packaging/pack.ts"
import { walkNewMachine } from "../support/newMachine.ts"
import { root } from "../support/sources.ts"
import { filesIn, type Ran, run, runWell } from "./package/PackedPackage.ts"

/** Modules that no local list may load, by a part of their file's name. */
const unusedByAList = /RedisClient|SmtpEmailSender|mail-composer|serve-|Api-|RemoteBackend|OpenApi|Scalar|argon2/

let folder: string
let installedFiles: ReadonlyArray<string>
beforeAll(async () => {
  // Spaces and letters beyond ASCII, as in many home directories.
  folder = mkdtempSync(join(tmpdir(), "taskwright command é "))
  const tarball = await packCommand(folder)
  // The package brings all that it needs, so no registry is asked.
  await runWell(
    folder,
    `npm install --global --offline --no-audit --no-fund --prefix prefix ${JSON.stringify(tarball)}`,
  )
  installedFiles = fingerprint()
  await runWell(
    folder,
    "echo 'Correct Horse 1' | prefix/bin/taskwright register ada@example.com --name Ada --password-stdin",
    places("ada"),
  )
}, 240_000)
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }))

const installed = () => join(folder, "prefix/lib/node_modules/taskwright-cli")
const launcher = () => join(installed(), "bin/taskwright.js")
const places = (name: string) => ({
  HOME: join(folder, name),
  XDG_CACHE_HOME: join(folder, name, "cache"),
  XDG_CONFIG_HOME: join(folder, name, "config"),
  XDG_DATA_HOME: join(folder, name, "data"),
  // Vitest's own would win over the cache of the command.
  NODE_COMPILE_CACHE: "",
})
const taskwright = (name: string, args: string): Promise<Ran> =>
  run(folder, `prefix/bin/taskwright ${args}`, places(name))

const fingerprint = (): ReadonlyArray<string> =>
  filesIn(installed()).map((path) => {
    const { mtimeMs, size } = statSync(join(installed(), path))
    return `${path} ${size} ${mtimeMs}`
  })

const freePort = async (): Promise<number> => {
  const server = createServer()
  await once(server.listen(0, "127.0.0.1"), "listening")
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === "object" && address !== null ? address.port : 0
}

describe("the package of the command", () => {
  it("has no dependency, and names the licence of each package in it", () => {
    const manifest = JSON.parse(readFileSync(join(installed(), "package.json"), "utf8"))
    expect(manifest).toMatchObject({ version: packageJson.version, license: "MIT", engines: packageJson.engines })
    expect(manifest.bin).toStrictEqual({ taskwright: "bin/taskwright.js" })
    expect(manifest).not.toHaveProperty("dependencies")
    expect(packageJson.engines.node).toBe(`>=${minimumMajor}`)
    const notices = readFileSync(join(installed(), "THIRD-PARTY-NOTICES"), "utf8")
    for (const name of Object.keys(packageJson.dependencies)) expect(notices).toContain(`\n${name} `)
    // No package comes in that only development needs: its licence is not checked.
    const lockfile = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"))
    const production = productionPackages(lockfile).map(({ name, version }) => `${name} ${version}`)
    const named = [...notices.matchAll(/^(@?[\w./-]+ \d\S+) \(\S+\)$/gm)].map(([, each]) => each)
    expect(named.length).toBeGreaterThan(10)
    expect(named.filter((each) => each !== undefined && !production.includes(each))).toStrictEqual([])
    expect(readFileSync(join(installed(), "LICENSE"), "utf8")).toContain("MIT License")
  })

  it("is smaller than 16 MB", () => {
    expect(statSync(join(folder, "taskwright-cli.tgz")).size).toBeLessThan(16_000_000)
  })

  it("names no folder of the machine that built it", () => {
    for (const path of filesIn(installed()).filter((path) => path.endsWith("js"))) {
      const text = readFileSync(join(installed(), path), "utf8")
      const found = ["adapters", "bootstrap", "node_modules"].filter((part) => text.includes(join(root, part)))
      expect(found, path).toStrictEqual([])
    }
  })

  it("adds and lists tasks from a path with spaces, and writes nothing where it is installed", async () => {
    await runWell(folder, 'prefix/bin/taskwright add "Buy milk"', places("ada"))
    const list = await taskwright("ada", "list")
    expect([list.code, list.stderr]).toStrictEqual([0, ""])
    expect(list.stdout).toContain("Buy milk")
    expect((await taskwright("ada", "show ffff")).code).toBe(3)
    expect(fingerprint()).toStrictEqual(installedFiles)
  })

  it("adds, lists, completes and takes back a task for a person on a new machine", async () => {
    const walked = await walkNewMachine([join(folder, "prefix/bin/taskwright")])
    expect(walked.filter(({ isRight }) => !isRight)).toStrictEqual([])
  })

  it("runs by npx", async () => {
    const npx = "npx --yes --offline --cache cache --package ./taskwright-cli.tgz taskwright --version"
    expect(await runWell(folder, npx, places("npx"))).toBe(`${packageJson.version}\n`)
  })

  it("stores compiled modules in the user's cache, and only in a folder that is private", async () => {
    const caches = join(places("cache").XDG_CACHE_HOME, "taskwright")
    const own = join(caches, `modules-${packageJson.version}`)
    mkdirSync(join(caches, "modules-0.0.1"), { recursive: true })
    expect((await taskwright("cache", "--version")).code).toBe(0)
    expect(statSync(own).mode & 0o777).toBe(0o700)
    expect(filesIn(own).length).toBeGreaterThan(0)
    expect(readdirSync(caches)).toStrictEqual([`modules-${packageJson.version}`])

    const shared = join(places("shared").XDG_CACHE_HOME, "taskwright", `modules-${packageJson.version}`)
    mkdirSync(shared, { recursive: true })
    chmodSync(shared, 0o777)
    expect((await taskwright("shared", "--version")).code).toBe(0)
    expect(filesIn(shared)).toStrictEqual([])

    const relative = { ...places("relative"), XDG_CACHE_HOME: "here" }
    expect((await run(folder, "prefix/bin/taskwright --version", relative)).code).toBe(0)
    expect(readdirSync(join(folder, "relative/.cache/taskwright"))).toHaveLength(1)

    writeFileSync(join(folder, "file"), "")
    const nowhere = { ...places("nowhere"), XDG_CACHE_HOME: join(folder, "file") }
    expect((await run(folder, "prefix/bin/taskwright --version", nowhere)).code).toBe(0)
  })

  it("serves until it is stopped", async () => {
    const port = await freePort()
    const child = spawn(process.execPath, [launcher(), "serve"], {
      env: { ...process.env, ...places("server"), PORT: String(port), LOG_FORMAT: "json" },
      stdio: ["ignore", "pipe", "inherit"],
    })
    let log = ""
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      log += chunk
    })
    await expect.poll(() => log, { timeout: 60_000 }).toContain(`serves http://`)
    const response = await fetch(`http://127.0.0.1:${port}/health`)
    expect(response.status).toBe(200)
    // The reference is one of the parts that are loaded late.
    expect((await fetch(`http://127.0.0.1:${port}/docs`)).status).toBe(200)
    child.kill("SIGTERM")
    expect((await once(child, "exit"))[0]).toBe(0)
  })

  it("loads for a list no server, no client and no password hash", async () => {
    const hook = join(folder, "loaded.mjs")
    writeFileSync(
      hook,
      `import { registerHooks } from "node:module"
       registerHooks({ load(url, context, next) { console.error(url); return next(url, context) } })`,
    )
    const loaded = (
      await run(folder, `node --import ./loaded.mjs ${JSON.stringify(launcher())} list`, places("ada"))
    ).stderr
      .split("\n")
      .filter((url) => url.startsWith("file:"))
      .map((url) => url.slice(url.lastIndexOf("/") + 1))
    expect(loaded.filter((name) => /^(?:cli|base|local|embedded)/.test(name))).toHaveLength(4)
    expect(loaded.filter((name) => unusedByAList.test(name))).toStrictEqual([])
    const help = (await run(folder, `node --import ./loaded.mjs ${JSON.stringify(launcher())} --help`, places("ada")))
      .stderr
    expect(help).toContain("/base-")
    expect(help).not.toContain("/local-")
  })
})

describe("the launcher", () => {
  /** Starts the launcher as in an older Node. */
  const old = (environment: Readonly<Record<string, string>>, args: string) => {
    writeFileSync(join(folder, "old.cjs"), 'Object.defineProperty(process, "version", { value: "v18.0.0" })')
    const command = [process.execPath, "--require", "./old.cjs", launcher()].map((part) => JSON.stringify(part))
    return run(folder, `PATH="$TEST_PATH" exec ${command.join(" ")} ${args}`, { ...places("old"), ...environment })
  }

  it("is a script that Node 6 can parse", () => {
    const code = readFileSync(launcher(), "utf8")
    const language = (target: string) =>
      transformSync("launcher.js", code.slice(code.indexOf("\n")), { target, sourceType: "script" }).code
    expect(language("es2015")).toBe(language("esnext"))
    expect(code).not.toMatch(/require\("node:|\bimport\b\s*\(/)
  })

  it("uses a newer Node on the path, and ends with its code", async () => {
    const path = { TEST_PATH: dirname(process.execPath) }
    expect(await old(path, "--version")).toStrictEqual({ code: 0, stdout: `${packageJson.version}\n`, stderr: "" })
    expect((await old(path, "no-such-command")).code).toBe(2)
  })

  it("uses a newer Node of a version manager, and the one that is named", async () => {
    const versions = join(folder, "manager/versions/node")
    for (const version of ["v18.0.0", "v99.0.0"]) {
      mkdirSync(join(versions, version, "bin"), { recursive: true })
      const program = join(versions, version, "bin/node")
      writeFileSync(program, `#!/bin/sh\nexec ${JSON.stringify(process.execPath)} "$@"\n`, { mode: 0o755 })
    }
    const managed = await old({ TEST_PATH: "", NVM_DIR: join(folder, "manager") }, "--version")
    expect([managed.code, managed.stderr]).toStrictEqual([0, ""])
    const named = await old({ TEST_PATH: "", TASKWRIGHT_NODE: process.execPath }, "--version")
    expect([named.code, named.stderr]).toStrictEqual([0, ""])
  })

  it("says in one line which Node it needs, if there is none", async () => {
    const { code, stderr, stdout } = await old({ TEST_PATH: "/nowhere:." }, "list")
    expect([code, stdout]).toStrictEqual([6, ""])
    expect(stderr).toBe(
      "taskwright: Node v18.0.0 is too old. Install Node 24 or newer (https://nodejs.org), or set TASKWRIGHT_NODE to the path of one.\n",
    )
    const named = await old({ TEST_PATH: dirname(process.execPath), TASKWRIGHT_NODE: "/nowhere" }, "list")
    expect([named.code, named.stderr.split("\n").length]).toStrictEqual([6, 2])
    expect(named.stderr).toContain("TASKWRIGHT_NODE=/nowhere is no Node 24 or newer.")
  })
})
