/** Holds the service to a Redis over TLS, and to its certificate. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { Effect, Exit, Scope } from "effect"
import { afterAll, beforeAll, expect, it } from "vitest"
import { describeWithRedisServer, freePort, startRedisServer } from "../support/RedisServer.ts"
import { makeSelfSignedCertificate } from "../support/selfSignedCertificate.ts"
import { type ServerProcess, startOnNewDatabase } from "../support/serverProcess.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"

// In a process of its own, because the trusted authorities are fixed before its first line runs.
describeWithRedisServer("a Redis that speaks TLS", () => {
  const scope = Scope.makeUnsafe()
  let redisUrl: string
  let certificateFile: string

  beforeAll(() =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const { certificate, key } = makeSelfSignedCertificate([Uint8Array.of(127, 0, 0, 1)])
      certificateFile = join(folder, "certificate.pem")
      const keyFile = join(folder, "key.pem")
      writeFileSync(certificateFile, certificate)
      writeFileSync(keyFile, key, { mode: 0o600 })
      const port = yield* Effect.promise(freePort)
      yield* startRedisServer([
        ...["--tls-port", String(port), "--tls-cert-file", certificateFile, "--tls-key-file", keyFile],
        ...["--tls-auth-clients", "no"],
      ])
      redisUrl = `rediss://127.0.0.1:${port}`
    }).pipe(Scope.provide(scope), Effect.runPromise),
  )
  afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))

  const redisCheckOf = async (settings: Record<string, string>): Promise<unknown> => {
    const server: ServerProcess = await startOnNewDatabase({ REDIS_URL: redisUrl, ...settings })
    try {
      const response = await fetch(`${server.url}/health/ready`)
      return ((await response.json()) as { readonly checks: { readonly redis: string } }).checks.redis
    } finally {
      await server.end("SIGTERM")
    }
  }

  it("is used by a process that trusts its certificate", async () => {
    expect(await redisCheckOf({ NODE_EXTRA_CA_CERTS: certificateFile })).toBe("ok")
  })

  it("is not used by one that does not", async () => {
    expect(await redisCheckOf({})).toBe("degraded")
  })
})
