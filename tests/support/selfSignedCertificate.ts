/** Makes TLS certificates for the tests' own servers, encoded by hand in DER. */
import { generateKeyPairSync, sign } from "node:crypto"

/** One element of DER: its tag, its length and its content. */
const element = (tag: number, ...content: ReadonlyArray<Uint8Array>): Buffer => {
  const body = Buffer.concat(content)
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body])
  if (body.length < 0x100) return Buffer.concat([Buffer.from([tag, 0x81, body.length]), body])
  return Buffer.concat([Buffer.from([tag, 0x82, body.length >> 8, body.length & 0xff]), body])
}
const sequence = (...content: ReadonlyArray<Uint8Array>) => element(0x30, ...content)
const set = (...content: ReadonlyArray<Uint8Array>) => element(0x31, ...content)
const bytes = (hex: string) => Buffer.from(hex, "hex")
const identifier = (hex: string) => element(0x06, bytes(hex))
const octets = (content: Uint8Array) => element(0x04, content)
const yes = element(0x01, bytes("ff"))
const time = (date: Date) => element(0x18, Buffer.from(`${date.toISOString().replaceAll(/[-:T]/g, "").slice(0, 14)}Z`))

/** ecdsa-with-SHA256 (RFC 5758), common name, subject alternative name and basic constraints (RFC 5280). */
const ecdsaWithSha256 = sequence(identifier("2a8648ce3d040302"))
const commonName = identifier("550403")
const subjectAltName = identifier("551d11")
const basicConstraints = identifier("551d13")

const dayMillis = 24 * 60 * 60 * 1000

/**
 * Makes a certificate for the IP addresses (given as bytes). It is its own authority, and valid from yesterday until
 * tomorrow.
 */
export const makeSelfSignedCertificate = (addresses: ReadonlyArray<Uint8Array>) => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" })
  const name = sequence(set(sequence(commonName, element(0x0c, Buffer.from("Taskwright tests")))))
  const now = Date.now()
  const body = sequence(
    element(0xa0, element(0x02, bytes("02"))),
    element(0x02, bytes("01")),
    ecdsaWithSha256,
    name,
    sequence(time(new Date(now - dayMillis)), time(new Date(now + dayMillis))),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    element(
      0xa3,
      sequence(
        sequence(basicConstraints, yes, octets(sequence(yes))),
        sequence(subjectAltName, octets(sequence(...addresses.map((address) => element(0x87, address))))),
      ),
    ),
  )
  const signature = sign("sha256", body, privateKey)
  const certificate = sequence(body, ecdsaWithSha256, element(0x03, bytes("00"), signature))
  const lines = certificate.toString("base64").match(/.{1,64}/g) ?? []
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  }
}
