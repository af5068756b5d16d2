/** Holds TLS connections to PostgreSQL to the certificate checks that the URL asks for. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { PgClient } from "@effect/sql-pg"
import { describe, expect } from "@effect/vitest"
import { Effect, Exit, Layer, Redacted, Scope } from "effect"
import { afterAll, beforeAll, it } from "vitest"
import * as PostgresClient from "../../../adapters/postgres/client/PostgresClient.ts"
import {
  describeWithPostgresServer,
  type PostgresServer,
  startPostgresServer,
  tell,
} from "../../support/PostgresServer.ts"
import { makeSelfSignedCertificate } from "../../support/selfSignedCertificate.ts"
import { temporaryFolder } from "../../support/temporaryFolder.ts"

const thisMachine = Uint8Array.of(127, 0, 0, 1)

describeWithPostgresServer("a PostgreSQL server with TLS", () => {
  const scope = Scope.makeUnsafe()
  let server: PostgresServer
  let root: string
  let otherRoot: string
  let noRoot: string

  beforeAll(
    () =>
      Effect.gen(function* () {
        const { certificate, key } = makeSelfSignedCertificate([thisMachine])
        const folder = yield* temporaryFolder
        root = join(folder, "root.pem")
        otherRoot = join(folder, "other.pem")
        noRoot = join(folder, "none.pem")
        writeFileSync(root, certificate)
        writeFileSync(otherRoot, makeSelfSignedCertificate([thisMachine]).certificate)
        writeFileSync(noRoot, "no certificate\n")
        server = yield* startPostgresServer({
          files: { "server.crt": certificate, "server.key": key },
          configuration: ["ssl = on"],
          access: [
            "local all all trust",
            "hostssl encrypted all all trust",
            "host encrypted all all reject",
            "hostnossl plain all all trust",
            "host plain all all reject",
            "host all all all trust",
          ],
        })
        yield* tell(server.url, "CREATE DATABASE encrypted")
        yield* tell(server.url, "CREATE DATABASE plain")
      }).pipe(Scope.provide(scope), Effect.runPromise),
    120_000,
  )
  afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))

  const urlOf = (parameters: string, { database = "postgres", host = "127.0.0.1" } = {}) =>
    Redacted.make(`postgres://postgres:hunter2@${host}:${server.port}/${database}?${parameters}`)

  /** Whether a connection with the parameters is encrypted. */
  const isEncrypted = (parameters: string, where?: Parameters<typeof urlOf>[1]) =>
    PgClient.PgClient.pipe(
      Effect.flatMap((sql) => sql<{ ssl: boolean }>`SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()`),
      Effect.map(([row]) => row?.ssl),
      Effect.provide(PostgresClient.layer({ url: urlOf(parameters, where), maxConnections: 2 })),
      Effect.runPromise,
    )

  /** The timeout is an hour: a start that waits and retries would not end in time. */
  const reasonOf = (parameters: string, where?: Parameters<typeof urlOf>[1]) =>
    Effect.runPromise(
      Effect.flip(
        Effect.scoped(
          Layer.build(PostgresClient.layer({ url: urlOf(parameters, where), startTimeoutMillis: 3_600_000 })),
        ),
      ),
    ).then(({ message }) => {
      expect(message).not.toMatch(/\n|hunter2/)
      return message
    })

  it("is reached encrypted in every mode except disable and, if it accepts plain text, allow", async () => {
    for (const parameters of [
      ...["sslmode=prefer", "sslmode=require", "ssl=true"],
      ...[`sslmode=require&sslrootcert=${root}`, `sslmode=verify-ca&sslrootcert=${root}`],
      `sslmode=verify-full&sslrootcert=${root}`,
    ]) {
      expect(await isEncrypted(parameters), parameters).toBe(true)
    }
    for (const parameters of ["", "sslmode=disable", "ssl=false", "sslmode=allow"]) {
      expect(await isEncrypted(parameters), parameters).toBe(false)
    }
  })

  it("is reached by allow and prefer the other way if it refuses the first", async () => {
    expect(await isEncrypted("sslmode=allow", { database: "encrypted" })).toBe(true)
    expect(await isEncrypted("sslmode=prefer", { database: "plain" })).toBe(false)
    expect(await reasonOf("sslmode=disable", { database: "encrypted" })).toContain("no encryption")
    expect(await reasonOf("sslmode=require", { database: "plain" })).toContain("pg_hba.conf")
  })

  it("is refused if its certificate is not signed by the root or is for another host", async () => {
    for (const mode of ["require", "verify-ca", "verify-full"]) {
      expect(await reasonOf(`sslmode=${mode}&sslrootcert=${otherRoot}`)).toMatch(/certificate|signature/)
    }
    for (const mode of ["verify-ca", "verify-full"]) expect(await reasonOf(`sslmode=${mode}`)).toMatch(/certificate/)
    expect(await reasonOf("sslrootcert=system")).toMatch(/certificate/)
    expect(await isEncrypted(`sslmode=verify-ca&sslrootcert=${root}`, { host: "localhost" })).toBe(true)
    expect(await reasonOf(`sslmode=verify-full&sslrootcert=${root}`, { host: "localhost" })).toMatch(
      /certificate's altnames/,
    )
  })

  it("is not reached with unusable files, which the error names", async () => {
    expect(await reasonOf(`sslmode=verify-full&sslrootcert=${noRoot}`)).toContain(noRoot)
    expect(await reasonOf("sslmode=verify-full&sslrootcert=/no/such.pem")).toMatch(/ENOENT.*\/no\/such\.pem/)
    expect(await reasonOf("sslmode=require&sslcert=/no/c.pem&sslkey=/no/k.pem")).toMatch(/ENOENT.*\/no\/c\.pem/)
  })

  describe("that is switched off", () => {
    const switchTls = async (state: "on" | "off") => {
      await Effect.runPromise(tell(server.url, `ALTER SYSTEM SET ssl = ${state}`))
      await Effect.runPromise(tell(server.url, "SELECT pg_reload_conf()"))
      const [first] = await Effect.runPromise(
        Effect.repeat(tell(server.url, "SELECT current_setting('ssl') AS ssl"), {
          until: ([row]) => (row as { readonly ssl: string }).ssl === state,
        }),
      )
      expect(first).toBeDefined()
    }
    beforeAll(() => switchTls("off"))
    afterAll(() => switchTls("on"))

    it("is reached in plain text by allow and prefer, and refused at once by the others", async () => {
      for (const mode of ["allow", "prefer"]) expect(await isEncrypted(`sslmode=${mode}`), mode).toBe(false)
      for (const mode of ["require", "verify-ca", "verify-full"]) {
        expect(await reasonOf(`sslmode=${mode}`)).toContain("does not support TLS")
      }
      expect(await reasonOf("ssl=true")).toContain("does not support TLS")
    })
  })
})
