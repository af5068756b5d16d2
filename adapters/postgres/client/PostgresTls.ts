/** Chooses the encryption of a connection from the modes of a `PostgresUrl`. */
import { X509Certificate } from "node:crypto"
import { readFileSync } from "node:fs"
import { type ConnectionOptions, getCACertificates } from "node:tls"
import { InvalidPostgresUrl, type PostgresUrl } from "./PostgresUrl.ts"

/** False for a connection in plain text. */
export type Encryption = ConnectionOptions | false

/**
 * Returns the kinds of encryption to try, in order. Reads the files that the URL names. Throws `InvalidPostgresUrl` if
 * one of them cannot be used.
 */
export const encryptionsOf = (url: PostgresUrl): readonly [Encryption, ...Array<Encryption>] => {
  switch (url.sslMode) {
    case "disable":
      return [false]
    case "allow":
      return [false, optionsOf(url)]
    case "prefer":
      return [optionsOf(url), false]
    default:
      return [optionsOf(url)]
  }
}

const optionsOf = (url: PostgresUrl): ConnectionOptions => {
  const { clientCertificate, minimumTls, rootCertificate, sslMode } = url
  return {
    ...(minimumTls !== undefined && { minVersion: minimumTls }),
    ...(clientCertificate !== undefined && {
      cert: read("sslcert", clientCertificate.certificateFile),
      key: read("sslkey", clientCertificate.keyFile),
    }),
    ...(rootCertificate !== undefined && { ca: authorities(rootCertificate) }),
    rejectUnauthorized: sslMode === "verify-ca" || sslMode === "verify-full",
    ...(sslMode !== "verify-full" && { checkServerIdentity: () => undefined }),
  }
}

const authorities = (rootCertificate: string): Array<string> => {
  if (rootCertificate === "system") return getCACertificates("system")
  const text = read("sslrootcert", rootCertificate)
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  if (certificates.length === 0 || !certificates.every(isCertificate)) {
    throw new InvalidPostgresUrl({ reason: `has an sslrootcert that holds no certificate: ${rootCertificate}` })
  }
  return certificates
}

const isCertificate = (text: string): boolean => {
  try {
    return new X509Certificate(text).subject !== undefined
  } catch {
    return false
  }
}

const read = (parameter: string, file: string): string => {
  try {
    return readFileSync(file, "utf8")
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown"
    throw new InvalidPostgresUrl({ reason: `has an ${parameter} that cannot be read (${code}): ${file}` })
  }
}
