/** Holds PostgreSQL URLs to the parameters that the adapter supports. */
import { assert, it } from "@effect/vitest"
import { Result } from "effect"
import { describe } from "vitest"
import { parse } from "../../../adapters/postgres/client/PostgresUrl.ts"

const modeOf = (text: string, isTlsDemanded = false) =>
  Result.match(parse(text, { isTlsDemanded }), {
    onFailure: ({ reason }) => reason,
    onSuccess: ({ sslMode }) => sslMode,
  })

const refused = (text: string, isTlsDemanded = false): string => {
  const url = parse(text, { isTlsDemanded })
  assert.isTrue(Result.isFailure(url), text)
  const reason = Result.isFailure(url) ? url.failure.reason : ""
  assert.notMatch(reason, /[\n\r]|hunter2/)
  return reason
}

describe("a PostgreSQL URL", () => {
  it("accepts libpq's TLS modes, and `ssl` for two of them", () => {
    for (const mode of ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]) {
      assert.strictEqual(modeOf(`postgres://db/tasks?sslmode=${mode}`), mode)
    }
    assert.strictEqual(modeOf("postgres://db/tasks?ssl=true"), "require")
    assert.strictEqual(modeOf("postgres://db/tasks?ssl=false"), "disable")
    assert.strictEqual(modeOf("postgres://db/tasks"), "prefer")
    for (const host of [
      "localhost",
      "127.0.0.1",
      "127.8.7.6",
      "[::1]",
      "%2Fvar%2Frun%2Fpostgresql",
      "db.localhost",
      "localhost.",
      "[::ffff:127.0.0.1]",
    ]) {
      assert.strictEqual(modeOf(`postgres://${host}/tasks`), "disable", host)
    }
    assert.strictEqual(modeOf("postgres:///tasks?host=/var/run/postgresql&sslmode=require"), "disable")
    assert.strictEqual(modeOf("postgres://127.0.0.1/tasks?sslmode=require"), "require")
  })

  it("verifies against a given root certificate", () => {
    assert.strictEqual(modeOf("postgres://db/tasks?sslmode=require&sslrootcert=/ca.pem"), "verify-ca")
    assert.strictEqual(modeOf("postgres://db/tasks?ssl=true&sslrootcert=/ca.pem"), "verify-ca")
    assert.strictEqual(modeOf("postgres://db/tasks?sslrootcert=system"), "verify-full")
    assert.strictEqual(modeOf("postgres://db/tasks?sslrootcert=system&sslmode=verify-full"), "verify-full")
    for (const mode of ["disable", "allow", "prefer", "require", "verify-ca"]) {
      assert.include(refused(`postgres://db/tasks?sslrootcert=system&sslmode=${mode}`), "verify-full")
    }
  })

  it("requires TLS for another machine if TLS is demanded, unless it says disable", () => {
    assert.strictEqual(modeOf("postgres://db/tasks", true), "require")
    assert.strictEqual(modeOf("postgres://10.0.0.1/tasks?sslrootcert=/ca.pem", true), "verify-ca")
    assert.strictEqual(modeOf("postgres://127.0.0.1/tasks", true), "disable")
    assert.strictEqual(modeOf("postgres:///tasks?host=/run/postgresql", true), "disable")
    assert.strictEqual(modeOf("postgres://db/tasks?sslmode=disable", true), "disable")
    for (const mode of ["require", "verify-ca", "verify-full"]) {
      assert.strictEqual(modeOf(`postgres://db/tasks?sslmode=${mode}`, true), mode)
    }
    for (const mode of ["allow", "prefer"]) {
      assert.include(refused(`postgres://db/tasks?sslmode=${mode}`, true), "sslmode=require")
    }
    for (const host of [
      "127.0.0.1.example.com",
      "localhost.example.com",
      "128.0.0.1",
      "127.999.1.1",
      "[::ffff:10.0.0.1]",
    ]) {
      assert.strictEqual(modeOf(`postgres://${host}/tasks`, true), "require")
    }
  })

  it("refuses unknown and unsupported parameters by name, without their values", () => {
    for (const name of [
      "sslmod",
      "SSLMODE",
      "tls",
      "sslcrl",
      "pgbouncer",
      "schema",
      "service",
      "keepalives",
      "__proto__",
    ]) {
      assert.include(refused(`postgres://u:hunter2@db/tasks?${name}=hunter2`), name)
    }
    refused("postgres://db/tasks?%0Ahunter2=1")
    for (const [name, value] of [
      ["sslmode", "verify_full"],
      ["sslmode", ""],
      ["ssl", "1"],
      ["channel_binding", "require"],
      ["gssencmode", "require"],
      ["target_session_attrs", "read-write"],
      ["client_encoding", "LATIN1"],
      ["ssl_min_protocol_version", "TLSv1"],
      ["connect_timeout", "-1"],
      ["connect_timeout", "0"],
      ["connect_timeout", "301"],
      ["application_name", "ä"],
    ] as const) {
      assert.include(refused(`postgres://db/tasks?${name}=${encodeURIComponent(value)}`), name)
    }
    assert.include(refused("postgres://db/tasks?sslmode=disable&sslmode=require"), "twice")
    assert.include(refused("postgres://db/tasks?sslmode=disable&ssl=true"), "not both")
    assert.include(refused("postgres://db/tasks?sslcert=/a.pem"), "sslkey")
  })

  it("accepts every supported parameter", () => {
    const url = parse(
      "postgres://u:p@db/tasks?application_name=me&connect_timeout=7&options=-csearch_path%3Da&channel_binding=prefer&ssl_min_protocol_version=TLSv1.3&sslcert=/c.pem&sslkey=/k.pem&client_encoding=UTF8",
    )
    assert.deepStrictEqual(Result.getOrThrow(url), {
      host: "db",
      isThisMachine: false,
      sslMode: "prefer",
      rootCertificate: undefined,
      clientCertificate: { certificateFile: "/c.pem", keyFile: "/k.pem" },
      minimumTls: "TLSv1.3",
      applicationName: "me",
      connectTimeoutSeconds: 7,
    })
  })

  it("accepts one host only", () => {
    for (const text of ["", "db", "mysql://db/tasks", "postgres:", "postgres:///tasks", "postgres://u:hunter2@ /x"]) {
      assert.include(refused(text), "takes a URL")
    }
    refused("postgres://one,two/tasks")
    refused("postgres://db/tasks?host=one,two")
    refused(`postgres://db/${"x".repeat(3000)}`)
  })
})
