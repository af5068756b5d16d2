/** Holds the page about hosts of assistants to its configurations: each of them connects. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { memory } from "../../bootstrap/memory.ts"
import { childEnvironment } from "../support/childEnvironment.ts"
import { type Service, startService } from "../support/http.ts"
import { connect, connectHttp, eras } from "../support/mcp.ts"
import { prepareFolder } from "../support/preparedFolder.ts"
import { programFile } from "../support/programs.ts"
import { root } from "../support/sources.ts"

/** One server in the configuration of a host. */
interface Configured {
  readonly type?: string
  readonly command?: string
  readonly args?: ReadonlyArray<string>
  readonly env?: Readonly<Record<string, string>>
  readonly url?: string
  readonly headers?: Readonly<Record<string, string>>
}
type Configuration = Readonly<Record<"mcpServers" | "servers", Readonly<Record<string, Configured>> | undefined>>

const page = readFileSync(join(root, "examples/mcp-server/README.md"), "utf8")
const blocks = [...page.matchAll(/^```json\n(.*?)^```/gms)].map(([, text = ""]) => JSON.parse(text) as Configuration)
const serverOf = (block: Configuration): Configured | undefined => (block.mcpServers ?? block.servers)?.["taskwright"]

describe("the configurations in examples/mcp-server", () => {
  const folder = mkdtempSync(join(tmpdir(), "taskwright-hosts-"))
  let service: Service
  let token: string
  beforeAll(async () => {
    await prepareFolder(join(folder, "data"))
    service = await startService(memory)
    const { body } = await service.ask<{ readonly access_token: string }>("POST", "/api/v1/auth/register", {
      body: { email: "ada@example.com", password: "Correct Horse 1", full_name: "Ada" },
    })
    // The scopes that the page names.
    const scopes = [...page.matchAll(/--scope (\S+)/g)].map(([, scope]) => scope)
    const made = await service.ask<{ readonly secret: string }>("POST", "/api/v1/tokens", {
      token: body.access_token,
      body: { name: "assistant", scopes },
    })
    token = made.body.secret
  }, 200_000)
  afterAll(async () => {
    await service.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Returns the text with this test's server and token in the place of the page's. */
  const filledIn = (text: string): string =>
    text.replace("https://tasks.example.com", service.url).replace(/\$\{[\w:-]+\}|twk_…/, token)

  const connected = ({ args = [], command, env = {}, headers, url }: Configured) => {
    if (url !== undefined) {
      const [, secret = ""] = /^Bearer (.+)$/.exec(filledIn(headers?.["Authorization"] ?? "")) ?? []
      return connectHttp(filledIn(url).replace(/\/mcp$/, ""), secret, eras[0])
    }
    expect(command).toBe("taskwright")
    const given = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, filledIn(value)]))
    return connect(
      new StdioClientTransport({
        command: process.execPath,
        args: [programFile("cli"), ...args],
        env: { ...childEnvironment, HOME: folder, DATA_DIR: join(folder, "data"), ...given },
        stderr: "ignore",
      }),
      eras[0],
    )
  }

  it("are all of a known form", () => {
    expect(blocks.length).toBeGreaterThan(5)
    for (const block of blocks) expect(serverOf(block), JSON.stringify(block)).toBeDefined()
    expect(page).toContain('```toml\n[mcp_servers.taskwright]\ncommand = "taskwright"\nargs = ["mcp"]\n```')
  })

  it.each(blocks.map((block, index) => [index + 1, block] as const))(
    "of block %i connect, and their tools answer",
    async (_, block) => {
      const assistant = await connected(serverOf(block) ?? {})
      const added = await assistant.call("add_tasks", { tasks: [{ title: "Buy milk", categories: ["Shopping"] }] })
      expect(added.content.applied, JSON.stringify(added.content)).toBe(true)
      await assistant.close()
    },
    100_000,
  )
})
