/** Holds PostgreSQL URLs to the parameters that the adapter supports. */
import { expect, it } from "@effect/vitest"
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
  expect(Result.isFailure(url), text).toBe(true)
  const reason = Result.isFailure(url) ? url.failure.reason : ""
  expect(reason).not.toMatch(/[\n\r]|hunter2/)
  return reason
}

describe("a PostgreSQL URL", () => {
  it("accepts libpq's TLS modes, and `ssl` for two of them", () => {
    for (const mode of ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]) {
      expect(modeOf(`postgres://db/tasks?sslmode=${mode}`)).toBe(mode)
    }
    expect(modeOf("postgres://db/tasks?ssl=true")).toBe("require")
    expect(modeOf("postgres://db/tasks?ssl=false")).toBe("disable")
    expect(modeOf("postgres://db/tasks")).toBe("prefer")
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
      expect(modeOf(`postgres://${host}/tasks`), host).toBe("disable")
    }
    expect(modeOf("postgres:///tasks?host=/var/run/postgresql&sslmode=require")).toBe("disable")
    expect(modeOf("postgres://127.0.0.1/tasks?sslmode=require")).toBe("require")
  })

  it("verifies against a given root certificate", () => {
    expect(modeOf("postgres://db/tasks?sslmode=require&sslrootcert=/ca.pem")).toBe("verify-ca")
    expect(modeOf("postgres://db/tasks?ssl=true&sslrootcert=/ca.pem")).toBe("verify-ca")
    expect(modeOf("postgres://db/tasks?sslrootcert=system")).toBe("verify-full")
    expect(modeOf("postgres://db/tasks?sslrootcert=system&sslmode=verify-full")).toBe("verify-full")
    for (const mode of ["disable", "allow", "prefer", "require", "verify-ca"]) {
      expect(refused(`postgres://db/tasks?sslrootcert=system&sslmode=${mode}`)).toContain("verify-full")
    }
  })

  it("requires TLS for another machine if TLS is demanded, unless it says disable", () => {
    expect(modeOf("postgres://db/tasks", true)).toBe("require")
    expect(modeOf("postgres://10.0.0.1/tasks?sslrootcert=/ca.pem", true)).toBe("verify-ca")
    expect(modeOf("postgres://127.0.0.1/tasks", true)).toBe("disable")
    expect(modeOf("postgres:///tasks?host=/run/postgresql", true)).toBe("disable")
    expect(modeOf("postgres://db/tasks?sslmode=disable", true)).toBe("disable")
    for (const mode of ["require", "verify-ca", "verify-full"]) {
      expect(modeOf(`postgres://db/tasks?sslmode=${mode}`, true)).toBe(mode)
    }
    for (const mode of ["allow", "prefer"]) {
      expect(refused(`postgres://db/tasks?sslmode=${mode}`, true)).toContain("sslmode=require")
    }
    for (const host of [
      "127.0.0.1.example.com",
      "localhost.example.com",
      "128.0.0.1",
      "127.999.1.1",
      "[::ffff:10.0.0.1]",
    ]) {
      expect(modeOf(`postgres://${host}/tasks`, true)).toBe("require")
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
      expect(refused(`postgres://u:hunter2@db/tasks?${name}=hunter2`)).toContain(name)
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
      expect(refused(`postgres://db/tasks?${name}=${encodeURIComponent(value)}`)).toContain(name)
    }
    expect(refused("postgres://db/tasks?sslmode=disable&sslmode=require")).toContain("twice")
    expect(refused("postgres://db/tasks?sslmode=disable&ssl=true")).toContain("not both")
    expect(refused("postgres://db/tasks?sslcert=/a.pem")).toContain("sslkey")
  })

  it("accepts every supported parameter", () => {
    const url = parse(
      "postgres://u:p@db/tasks?application_name=me&connect_timeout=7&options=-csearch_path%3Da&channel_binding=prefer&ssl_min_protocol_version=TLSv1.3&sslcert=/c.pem&sslkey=/k.pem&client_encoding=UTF8",
    )
    expect(Result.getOrThrow(url)).toStrictEqual({
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
      expect(refused(text)).toContain("takes a URL")
    }
    refused("postgres://one,two/tasks")
    refused("postgres://db/tasks?host=one,two")
    refused(`postgres://db/${"x".repeat(3000)}`)
  })
})
