/** Starts a server, sends one kind of request, and reports the product's files that run for it to the parent process. */
import { once } from "node:events"
import { Session } from "node:inspector/promises"
import { setTimeout } from "node:timers/promises"

const root = new URL("../../", import.meta.url).href
const base = `http://127.0.0.1:${process.env["PORT"]}`

/** A file that runs in the background is not likely to run during each of several requests. */
const repetitions = 4

await import("../../bootstrap/server.ts")
while (
  !(await fetch(`${base}/health/ready`).then(
    ({ ok }) => ok,
    () => false,
  ))
)
  await setTimeout(50)

const send = async (method: string, path: string, body: unknown, token = ""): Promise<Response> => {
  const response = await fetch(`${base}/api/v1/${path}`, {
    method,
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`)
  return response
}

const account = { email: "ada@example.com", password: "Correct Horse 1", full_name: "Ada" }
const { access_token: token } = (await (await send("POST", "auth/register", account)).json()) as {
  access_token: string
}
const created = (await (await send("POST", "tasks", { title: "Buy milk" }, token)).json()) as { task: { id: string } }
const patch = (version: number) =>
  send("PATCH", `tasks/${created.task.id}`, { version, title: `Buy ${version}` }, token)
// The first request fills caches.
await patch(1)

const session = new Session()
session.connect()
await session.post("Profiler.enable")
await session.post("Profiler.startPreciseCoverage", { callCount: true })

/** Returns the product's files with a function that has run since the last call. */
const takeFiles = async (): Promise<ReadonlySet<string>> => {
  const { result } = await session.post("Profiler.takePreciseCoverage")
  const ran = result.filter(({ functions }) => functions.some(({ ranges }) => (ranges[0]?.count ?? 0) > 0))
  return new Set(
    ran
      .filter(({ url }) => url.startsWith(root) && !url.includes("/node_modules/"))
      .map(({ url }) => url.slice(root.length))
      .filter((path) => !path.startsWith("tests/")),
  )
}

let files: ReadonlySet<string> | undefined
for (let version = 2; version < 2 + repetitions; version++) {
  await setTimeout(100)
  await takeFiles()
  await patch(version)
  const ran = await takeFiles()
  files = files === undefined ? ran : new Set([...files].filter((path) => ran.has(path)))
}
process.send?.([...(files ?? [])])
await once(process, "disconnect")
process.exit(0)
