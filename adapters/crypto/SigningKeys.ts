import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from "node:crypto"
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { Data, Effect, Result } from "effect"

/** An Ed25519 key pair, and the name by which tokens and the key set refer to it (the RFC 7638 thumbprint). */
export interface SigningKey {
  readonly kid: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

/** The keys of access tokens: the first signs, all verify. */
export type SigningKeys = readonly [SigningKey, ...Array<SigningKey>]

/** The keys cannot be read. `reason` is one line, and shows nothing of them. */
export class InvalidSigningKeys extends Data.TaggedError("InvalidSigningKeys")<{ readonly reason: string }> {
  override get message(): string {
    return this.reason
  }
}

const fileName = "jwt-private-key.pem"
const maximumKeys = 16
const pemBlock = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g

/**
 * Reads 1 to 16 PKCS#8 PEM keys that stand one after another. A literal `\n` counts as a line's end, since that is how
 * `.env` files and process managers carry one.
 */
export const parse = (text: string): Result.Result<SigningKeys, InvalidSigningKeys> => {
  const lines = text.replaceAll("\\r", "").replaceAll("\\n", "\n")
  const refuse = (reason: string) => Result.fail(new InvalidSigningKeys({ reason }))
  if (lines.replaceAll(pemBlock, "").trim() !== "") return refuse("there is text outside the PEM blocks")
  const blocks = lines.match(pemBlock) ?? []
  if (blocks.length > maximumKeys) return refuse(`there are more than ${maximumKeys} keys`)
  const keys: Array<SigningKey> = []
  for (const [index, block] of blocks.entries()) {
    const which = `key ${index + 1}`
    if (!block.startsWith("-----BEGIN PRIVATE KEY-----")) return refuse(`${which} is not a PKCS#8 private key`)
    const key = Result.try(() => createPrivateKey(block))
    if (Result.isFailure(key)) return refuse(`${which} cannot be read`)
    const type = key.success.asymmetricKeyType
    if (type !== "ed25519") return refuse(`${which} is not an Ed25519 key but ${type}`)
    keys.push(fromPrivateKey(key.success))
  }
  if (new Set(keys.map((key) => key.kid)).size < keys.length) return refuse("a key stands there twice")
  const [first, ...others] = keys
  return first === undefined ? refuse("there is no key") : Result.succeed([first, ...others])
}

/** A new key, which nothing keeps. */
export const generate: Effect.Effect<SigningKeys> = Effect.sync(() => [
  fromPrivateKey(generateKeyPairSync("ed25519").privateKey),
])

/**
 * The keys in `jwt-private-key.pem` of that folder; where there is no such file it is made, with a new key and mode
 * 0600. Of processes that start at once one makes it and all get the same key.
 */
export const loadOrCreate = (folder: string): Effect.Effect<SigningKeys, InvalidSigningKeys> => {
  const file = join(folder, fileName)
  return Effect.tryPromise({
    try: async () => (await readIfExists(file)) ?? (await create(folder, file)),
    catch: (cause) =>
      new InvalidSigningKeys({ reason: `${file} cannot be ${isErrno(cause) ? `used (${cause.code})` : "used"}` }),
  }).pipe(
    Effect.flatMap((text) => Effect.fromResult(parse(text))),
    Effect.mapError((error) =>
      error.reason.startsWith(file) ? error : new InvalidSigningKeys({ reason: `${file}: ${error.reason}` }),
    ),
  )
}

const readIfExists = (file: string): Promise<string | null> =>
  readFile(file, "utf8").catch((cause: unknown) => (hasCode(cause, "ENOENT") ? null : Promise.reject(cause)))

const create = async (folder: string, file: string): Promise<string> => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const { privateKey } = generateKeyPairSync("ed25519")
  const whole = `${file}.${randomBytes(8).toString("hex")}`
  try {
    await writeFile(whole, privateKey.export({ type: "pkcs8", format: "pem" }), {
      mode: 0o600,
      flag: "wx",
      flush: true,
    })
    // Unlike renaming, linking never replaces a file: whoever comes second reads what the first has made.
    await link(whole, file).catch((cause: unknown) => {
      if (!hasCode(cause, "EEXIST")) throw cause
    })
  } finally {
    await rm(whole, { force: true })
  }
  return readFile(file, "utf8")
}

const isErrno = (cause: unknown): cause is NodeJS.ErrnoException => cause instanceof Error && "code" in cause

const hasCode = (cause: unknown, code: string): boolean => isErrno(cause) && cause.code === code

const fromPrivateKey = (privateKey: KeyObject): SigningKey => {
  const publicKey = createPublicKey(privateKey)
  const { x } = publicKey.export({ format: "jwk" })
  const canonical = JSON.stringify({ crv: "Ed25519", kty: "OKP", x })
  return { kid: createHash("sha256").update(canonical).digest("base64url"), privateKey, publicKey }
}
