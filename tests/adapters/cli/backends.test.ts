/** Holds the backends to clear errors for an unavailable server and for an unverified user. */
import { describe, expect, it } from "vitest"
import { backends, commandLine } from "./Commands.ts"

const password = "Correct Horse 1\n"

describe("--server", () => {
  it("exits with 6 and one line if the server limits the rate or is unreachable", async () => {
    const line = await commandLine("remote", { userLimit: { limit: 3, windowMillis: 60_000 } })
    await line.run(["register", "ada@example.com", "--name", "Ada", "--password-stdin"], password)
    const ended = [await line.run(["whoami"]), await line.run(["whoami"]), await line.run(["whoami"])]
    const limited = await line.run(["whoami"])
    expect(ended.map(({ code }) => code)).toStrictEqual([0, 0, 0])
    expect(limited.code).toBe(6)
    expect(limited.errors).toMatch(/^taskwright: Too many requests\. Try again in \d+ seconds\.\n$/)
    await line.service.stop()
    const gone = await line.run(["whoami"])
    expect(gone.code).toBe(6)
    expect(gone.errors).toMatch(/^taskwright: The server http:\/\/127\.0\.0\.1:\d+ cannot be reached\.\n$/)
    await line.stop().catch(() => undefined)
  })

  it.each(["tasks.example.com", "ftp://example.com", "http://user@example.com", "http://example.com/?x"])(
    "rejects the URL %s",
    async (url) => {
      const line = await commandLine("local")
      const { code, errors } = await line.run(["--server", url, "whoami"])
      expect(code).toBe(2)
      expect(errors).toContain("--server takes")
      await line.stop()
    },
  )
})

it.each(backends)("tasks are rejected without a verified email address if it is required (%s)", async (backend) => {
  const line = await commandLine(backend, { isVerifiedEmailRequired: true })
  await line.run(["register", "ada@example.com", "--name", "Ada", "--password-stdin"], password)
  const { code, errors } = await line.run(["list"])
  expect(code).toBe(1)
  expect(errors).toContain("Verify your email address first")
  expect((await line.run(["whoami"])).code).toBe(0)
  await line.stop()
})

it("--completions prints a script for each shell", async () => {
  const line = await commandLine("local")
  for (const shell of ["bash", "zsh", "fish"]) {
    const { code, output } = await line.run(["--completions", shell])
    expect(code).toBe(0)
    for (const word of ["category", "assign", "due-from"]) expect(output, shell).toContain(word)
  }
  await line.stop()
})
