/** Holds TLS connections to PostgreSQL to the certificate checks that the URL asks for. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { PgClient } from "@effect/sql-pg"
import { assert, describe } from "@effect/vitest"
import { Effect, Exit, Layer, Redacted, Scope } from "effect"
import { afterAll, beforeAll, test } from "vitest"
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
      assert.notMatch(message, /\n|hunter2/)
      return message
    })

  test("is reached encrypted in every mode except disable and, if it accepts plain text, allow", async () => {
    for (const parameters of [
      ...["sslmode=prefer", "sslmode=require", "ssl=true"],
      ...[`sslmode=require&sslrootcert=${root}`, `sslmode=verify-ca&sslrootcert=${root}`],
      `sslmode=verify-full&sslrootcert=${root}`,
    ]) {
      assert.isTrue(await isEncrypted(parameters), parameters)
    }
    for (const parameters of ["", "sslmode=disable", "ssl=false", "sslmode=allow"]) {
      assert.isFalse(await isEncrypted(parameters), parameters)
    }
  })

  test("is reached by allow and prefer the other way if it refuses the first", async () => {
    assert.isTrue(await isEncrypted("sslmode=allow", { database: "encrypted" }))
    assert.isFalse(await isEncrypted("sslmode=prefer", { database: "plain" }))
    assert.include(await reasonOf("sslmode=disable", { database: "encrypted" }), "no encryption")
    assert.include(await reasonOf("sslmode=require", { database: "plain" }), "pg_hba.conf")
  })

  test("is refused if its certificate is not signed by the root or is for another host", async () => {
    for (const mode of ["require", "verify-ca", "verify-full"]) {
      assert.match(await reasonOf(`sslmode=${mode}&sslrootcert=${otherRoot}`), /certificate|signature/)
    }
    for (const mode of ["verify-ca", "verify-full"]) assert.match(await reasonOf(`sslmode=${mode}`), /certificate/)
    assert.match(await reasonOf("sslrootcert=system"), /certificate/)
    assert.isTrue(await isEncrypted(`sslmode=verify-ca&sslrootcert=${root}`, { host: "localhost" }))
    assert.match(
      await reasonOf(`sslmode=verify-full&sslrootcert=${root}`, { host: "localhost" }),
      /certificate's altnames/,
    )
  })

  test("is not reached with unusable files, which the error names", async () => {
    assert.include(await reasonOf(`sslmode=verify-full&sslrootcert=${noRoot}`), noRoot)
    assert.match(await reasonOf("sslmode=verify-full&sslrootcert=/no/such.pem"), /ENOENT.*\/no\/such\.pem/)
    assert.match(await reasonOf("sslmode=require&sslcert=/no/c.pem&sslkey=/no/k.pem"), /ENOENT.*\/no\/c\.pem/)
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
      assert.isDefined(first)
    }
    beforeAll(() => switchTls("off"))
    afterAll(() => switchTls("on"))

    test("is reached in plain text by allow and prefer, and refused at once by the others", async () => {
      for (const mode of ["allow", "prefer"]) assert.isFalse(await isEncrypted(`sslmode=${mode}`), mode)
      for (const mode of ["require", "verify-ca", "verify-full"]) {
        assert.include(await reasonOf(`sslmode=${mode}`), "does not support TLS")
      }
      assert.include(await reasonOf("ssl=true"), "does not support TLS")
    })
  })
})
