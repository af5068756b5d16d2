/** Holds the offline client in `examples/sync` to what it promises, with two of them on one server process. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdtempSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { Effect } from "effect"
import { expect } from "vitest"
import { startServer } from "../../support/serverProcess.ts"
import { makeTcpProxy, type TcpProxy } from "../../support/TcpProxy.ts"

const account = { email: "offline@example.com", password: "Correct Horse 1" }
const rounds = 14
const convergenceMillis = 60_000

interface Category {
  readonly id: string
  readonly name: string
}
interface Task {
  readonly id: string
  readonly title: string
  readonly version: number
  readonly categories: ReadonlyArray<Category>
}
interface TaskPage {
  readonly data: ReadonlyArray<Task>
  readonly total: number
}
interface Copy {
  readonly cursor: string | null
  readonly tasks: Record<string, Task>
  readonly categories: Record<string, Category>
  readonly queue: ReadonlyArray<{ readonly action: string; readonly id: string }>
}

/** A repeatable sequence of random numbers (Park and Miller). */
const makeRandom = (seed: number) => {
  let state = (seed % 2_147_483_646) + 1
  return (below: number) => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
}

/** Starts the client as a process that keeps its copy in the file. */
const startClient = (folder: string, file: string, port: number) => {
  const child = spawn(process.execPath, ["main.ts", file], {
    cwd: folder,
    env: {
      PATH: process.env["PATH"] ?? "",
      TASKWRIGHT_URL: `http://127.0.0.1:${port}`,
      TASKWRIGHT_EMAIL: account.email,
      TASKWRIGHT_PASSWORD: account.password,
    },
    stdio: ["pipe", "pipe", "ignore"],
  })
  let output = ""
  child.stdout.on("data", (chunk) => {
    output += String(chunk)
  })
  const closed = once(child, "close")
  return {
    output: () => output,
    type: (line: string) => child.stdin.write(`${line}\n`),
    /** Ends it with the end of its input, whatever it is sending. */
    end: async () => {
      child.stdin.end()
      await closed
      return child.exitCode
    },
  }
}

const readCopy = (file: string): Copy =>
  existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { cursor: null, tasks: {}, categories: {}, queue: [] }

/** The tasks in one order, with their categories as they are now. */
const normalized = (tasks: ReadonlyArray<Task>, categories: Record<string, Category>) =>
  tasks
    .map((task) => ({
      ...task,
      categories: task.categories.flatMap(({ id }) => categories[id] ?? []).sort((a, b) => (a.id < b.id ? -1 : 1)),
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1))

/**
 * Lets two clients write at random while their connections are cut at random. Meanwhile the server is killed and
 * restarted, and so is a client. In the end both copies MUST equal the list of the server. Each write MUST have had one
 * effect, or none if it was refused.
 */
export const offlineClientsConverge = (folder: string, seed: number) =>
  Effect.gen(function* () {
    const data = mkdtempSync(join(folder, "data-"))
    // By default the issuer contains the port, which is in the settings only after the restart.
    const settings = {
      JWT_ISSUER: "offline",
      DATA_DIR: join(data, "database"),
      RATE_LIMIT_USER: "100000",
      RATE_LIMIT_IP: "100000",
    }
    let server = yield* Effect.promise(() => startServer(settings))
    yield* Effect.addFinalizer(() => Effect.promise(() => server.end("SIGKILL")))
    const { host, hostname, port } = new URL(server.url)
    const proxies = [0, 1].map(() => makeTcpProxy({ host: hostname, port: Number(port) }))
    const [first, second] = (yield* Effect.all(proxies)) as [TcpProxy, TcpProxy]
    yield* Effect.promise(() => converge(first, second))

    async function converge(...proxies: [TcpProxy, TcpProxy]) {
      const random = makeRandom(seed)
      let token = ""
      const ask = async <Body>(method: string, path: string, body?: object, headers = {}): Promise<Body> => {
        const response = await fetch(`http://${host}/api/v1${path}`, {
          method,
          headers: {
            "content-type": "application/json",
            ...(token !== "" && { authorization: `Bearer ${token}` }),
            ...headers,
          },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        })
        expect(response.ok, `${method} ${path}: ${response.status}`).toBe(true)
        return (response.status === 204 ? null : await response.json()) as Body
      }
      const registered = await ask<{ access_token: string }>("POST", "/auth/register", { ...account, full_name: "Ada" })
      token = registered.access_token
      const { category } = await ask<{ category: Category }>("POST", "/categories", { name: "Home" })
      const atCategory = `/categories/${category.id}`
      const { task } = await ask<{ task: Task }>("POST", "/tasks", { title: "At home", category_ids: [category.id] })

      const clients = proxies.map((proxy, index) => {
        const file = join(data, `${index}.json`)
        return { file, proxy, process: startClient(folder, file, proxy.port), outputs: [] as Array<string> }
      })
      const restart = async (client: (typeof clients)[number]) => {
        expect(await client.process.end()).toBe(0)
        client.outputs.push(client.process.output())
        client.process = startClient(folder, client.file, client.proxy.port)
      }
      const markers: Array<string> = []
      const isSent = ({ file }: (typeof clients)[number]) =>
        expect.poll(() => readCopy(file).queue, { timeout: convergenceMillis }).toStrictEqual([])
      /** Restarts the client after the server has executed a write of which the response is lost. */
      const restartAfterLostResponse = async (client: (typeof clients)[number]) => {
        await Effect.runPromise(client.proxy.open)
        await isSent(client)
        // A client that has this change follows the feed, and a write interrupts its wait.
        const patch = { description: "Before the lost response." }
        const changed = await ask<{ task: Task }>("PATCH", `/tasks/${task.id}`, patch, { "if-match": "*" })
        const isFollowing = () => {
          const { cursor, tasks } = readCopy(client.file)
          return cursor !== null && tasks[task.id]?.version === changed.task.version
        }
        await expect.poll(isFollowing, { timeout: convergenceMillis }).toBe(true)
        await Effect.runPromise(client.proxy.mute)
        const marker = `lost-response-of-${seed}`
        markers.push(marker)
        client.process.type(`add ${marker}`)
        const titles = async () => (await ask<TaskPage>("GET", "/tasks?limit=100")).data.map(({ title }) => title)
        await expect.poll(titles, { timeout: convergenceMillis }).toContain(marker)
        await restart(client)
      }
      const removed = new Set<string>()

      const writeAtRandom = (client: (typeof clients)[number]) => {
        const { queue, tasks } = readCopy(client.file)
        const stored = Object.keys(tasks).filter((id) => id !== task.id)
        const ids = [...stored, ...queue.filter(({ action }) => action === "create").map(({ id }) => id)]
        const id = ids[random(ids.length || 1)]
        const marker = `mark-${markers.length}-of-${seed}`
        const kind = random(10)
        if (kind === 0 && stored.length > 3) {
          const gone = stored[random(stored.length)] as string
          removed.add(gone)
          client.process.type(`rm ${gone}`)
          return
        }
        markers.push(marker)
        if (kind < 4 || id === undefined) client.process.type(`add ${marker}`)
        else client.process.type(`${kind < 7 ? "title" : "note"} ${id} ${marker}`)
      }

      for (let round = 0; round < rounds; round++) {
        for (const { proxy } of clients) {
          const route = [proxy.open, proxy.open, proxy.cut, proxy.mute][random(4)] ?? proxy.open
          await Effect.runPromise(route)
        }
        for (const client of clients) for (let writes = random(4); writes > 0; writes--) writeAtRandom(client)
        await sleep(random(500))
        if (round === 2) await ask("PATCH", atCategory, { version: 1, name: "House" })
        if (round === 4) {
          await ask("DELETE", atCategory)
          const description = "Without the category, which is restored later."
          await ask("PATCH", `/tasks/${task.id}`, { description }, { "if-match": "*" })
          for (const { file, proxy } of clients) {
            await Effect.runPromise(proxy.open)
            const categoriesOf = () => readCopy(file).tasks[task.id]?.categories
            await expect.poll(categoriesOf, { timeout: convergenceMillis }).toStrictEqual([])
          }
        }
        if (round === 6) {
          await server.end("SIGKILL")
          for (const client of clients) writeAtRandom(client)
          server = await startServer({ ...settings, PORT: port })
        }
        if (round === 8) await ask("POST", `${atCategory}/restore`)
        const second = clients[1]
        if (round === 10 && second !== undefined) await restartAfterLostResponse(second)
      }

      for (const { proxy } of clients) await Effect.runPromise(proxy.open)
      const listed = async () => {
        const { data } = await ask<{ data: ReadonlyArray<Category> }>("GET", "/categories")
        const tasks = await ask<TaskPage>("GET", "/tasks?limit=100")
        expect(tasks.data.length).toBe(tasks.total)
        return normalized(tasks.data, Object.fromEntries(data.map((each) => [each.id, each])))
      }
      for (const client of clients) await isSent(client)
      const expected = await listed()
      for (const { file } of clients) {
        const copied = () => {
          const { categories, tasks } = readCopy(file)
          return normalized(Object.values(tasks), categories)
        }
        await expect.poll(copied, { timeout: convergenceMillis, message: `seed ${seed}` }).toStrictEqual(expected)
      }
      expect(expected.some(({ categories }) => categories.some(({ name }) => name === "House"))).toBe(true)

      interface Change {
        readonly type: string
        readonly task_id?: string
        readonly changes: ReadonlyArray<{ readonly to: unknown }>
      }
      const changes: Array<Change> = []
      for (let since = "", hasMore = true; hasMore; ) {
        const page = await ask<{ data: ReadonlyArray<Change>; next_cursor: string; has_more: boolean }>(
          "GET",
          `/changes?limit=500${since}`,
        )
        changes.push(...page.data)
        since = `&since=${page.next_cursor}`
        hasMore = page.has_more
      }
      const outputs: Array<string> = []
      for (const { outputs: earlier, process } of clients) {
        expect(await process.end()).toBe(0)
        outputs.push(...earlier, process.output())
      }
      const output = outputs.join("")
      const effects = markers.map((marker) => ({
        marker,
        effects: changes.filter(({ changes }) => changes.some(({ to }) => to === marker)).length,
      }))
      expect(effects, output).toStrictEqual(
        markers.map((marker) => ({ marker, effects: output.includes(`"${marker}"`) ? 0 : 1 })),
      )
      const deletions = changes.filter(({ type }) => type === "task.deleted").map(({ task_id }) => task_id ?? "")
      expect(deletions.sort()).toStrictEqual([...removed].sort())
    }
  }).pipe(Effect.scoped, Effect.runPromise)
