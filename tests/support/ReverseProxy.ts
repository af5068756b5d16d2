/** Runs the reverse proxies of `deploy/` for one test: the sample's text with other addresses, on free ports. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { connect } from "node:tls"
import { describe } from "vitest"
import { childEnvironment } from "./childEnvironment.ts"
import { notRunName } from "./notRun.ts"
import { freePort } from "./RedisServer.ts"
import { makeSelfSignedCertificate } from "./selfSignedCertificate.ts"
import { readSource } from "./sources.ts"

/** A proxy that is known here: the program, and how the sample becomes a configuration of the test. */
export interface ProxyKind {
  readonly name: "nginx" | "caddy"
  readonly versionFlag: string
  /** Writes the configuration into the folder. Returns the arguments of the program. */
  readonly configure: (options: ProxyOptions) => ReadonlyArray<string>
}

interface ProxyOptions {
  readonly folder: string
  readonly port: number
  /** The host and port of the service. */
  readonly upstream: string
}

/** Replaces a text that must occur, so that a changed sample fails instead of going untested. */
const replace = (text: string, from: string, to: string): string => {
  if (!text.includes(from)) throw new Error(`the sample has no "${from}"`)
  return text.replaceAll(from, to)
}

export const nginx: ProxyKind = {
  name: "nginx",
  versionFlag: "-v",
  configure: ({ folder, port, upstream }) => {
    const { certificate, key } = makeSelfSignedCertificate([Uint8Array.of(127, 0, 0, 1)])
    writeFileSync(join(folder, "fullchain.pem"), certificate)
    writeFileSync(join(folder, "privkey.pem"), key)
    let site = readSource("deploy/nginx/taskwright.conf")
    site = replace(site, "server 127.0.0.1:3000;", `server ${upstream};`)
    site = replace(site, "listen 443 ssl", `listen 127.0.0.1:${port} ssl`)
    site = replace(site, "listen 80;", `listen unix:${join(folder, "redirect.sock")};`)
    site = replace(site, "/etc/ssl/taskwright/", `${folder}/`)
    const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
      (name) => `${name}_temp_path ${join(folder, name)};`,
    )
    const lines = [
      ...["daemon off;", `pid ${join(folder, "pid")};`, `error_log ${join(folder, "error.log")};`],
      ...[process.getuid?.() === 0 ? "user root;" : "", "worker_processes 1;", "events {}"],
      ...["http {", "access_log off;", ...paths, site, "}"],
    ]
    writeFileSync(join(folder, "nginx.conf"), lines.join("\n"))
    return ["-p", folder, "-e", join(folder, "error.log"), "-c", join(folder, "nginx.conf")]
  },
}

export const caddy: ProxyKind = {
  name: "caddy",
  versionFlag: "version",
  configure: ({ folder, port, upstream }) => {
    let site = readSource("deploy/caddy/Caddyfile")
    site = replace(site, "tasks.example.com {", `https://127.0.0.1:${port} {\n\ttls internal`)
    site = replace(site, "reverse_proxy 127.0.0.1:3000 {", `reverse_proxy ${upstream} {`)
    const global = `{\n\tadmin off\n\tskip_install_trust\n\tauto_https disable_redirects\n\tstorage file_system ${folder}\n}\n`
    writeFileSync(join(folder, "Caddyfile"), `${global}${site}`)
    return ["run", "--adapter", "caddyfile", "--config", join(folder, "Caddyfile")]
  },
}

/** Debian installs nginx in a folder that is on root's path alone. */
const programOf = ({ name, versionFlag }: ProxyKind): string | undefined =>
  [name, `/usr/sbin/${name}`].find((program) => spawnSync(program, [versionFlag]).status === 0)

/** A `describe` for tests that need the program. If it is missing, they do not run. */
export const describeBehind = (kind: ProxyKind, name: string, tests: () => void): void => {
  if (programOf(kind) === undefined) describe.skip(notRunName(name, `no program ${kind.name}`), tests)
  else describe(name, tests)
}

export interface RunningProxy {
  readonly port: number
  readonly end: () => Promise<void>
}

const startMillis = 30_000

/** Caddy listens before it has issued its certificate, and fails the handshakes until then. */
const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false })
    socket.once("error", () => resolve(false))
    socket.once("secureConnect", () => {
      socket.end()
      resolve(true)
    })
  })

/** Starts the proxy in front of the service at that URL, with its files in the folder. */
export const startProxy = async (kind: ProxyKind, folder: string, serviceUrl: string): Promise<RunningProxy> => {
  const port = await freePort()
  const given = kind.configure({ folder, port, upstream: new URL(serviceUrl).host })
  const child = spawn(programOf(kind) ?? kind.name, given, { cwd: folder, env: { ...childEnvironment, HOME: folder } })
  let output = ""
  child.stderr.on("data", (chunk) => {
    output += String(chunk)
  })
  const until = performance.now() + startMillis
  while (!(await accepts(port))) {
    if (child.exitCode !== null || performance.now() > until) throw new Error(`${kind.name} did not start: ${output}`)
    await delay(50)
  }
  return { port, end: () => end(child) }
}

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, "exit")
  child.kill("SIGTERM")
  await exit
}
