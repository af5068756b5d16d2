/** Parses, generates and stores the signing keys. */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto"
import { mkdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { Data, Effect, Result } from "effect"
import { writeAtomic } from "../filesystem/AtomicFile.ts"
import { codeOf, FileError } from "../filesystem/FileErrors.ts"

/** An Ed25519 key pair, and the key id in tokens and in the key set (the RFC 7638 thumbprint). */
export interface SigningKey {
  readonly kid: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

/** The keys of access tokens: the first signs, all verify. */
export type SigningKeys = readonly [SigningKey, ...Array<SigningKey>]

/** The keys cannot be read. `reason` is one line, and contains no part of them. */
export class InvalidSigningKeys extends Data.TaggedError("InvalidSigningKeys")<{ readonly reason: string }> {
  override get message(): string {
    return this.reason
  }
}

/** The file of the generated key, in the data folder. */
export const keyFileName = "jwt-private-key.pem"
const maximumKeys = 16
const pemBlock = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g

/**
 * Parses 1 to 16 consecutive PKCS#8 PEM keys. A literal `\n` counts as a line break, because `.env` files and process
 * managers write it so.
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

/** Generates a key that is not stored. */
export const generate: Effect.Effect<SigningKeys> = Effect.sync(() => [
  fromPrivateKey(generateKeyPairSync("ed25519").privateKey),
])

/**
 * Reads the keys in `jwt-private-key.pem` of that folder. If the file is missing, creates it with a new key and mode
 * 0600. Of processes that start at once one creates it and all get the same key.
 */
export const loadOrCreate = (folder: string): Effect.Effect<SigningKeys, InvalidSigningKeys> => {
  const file = join(folder, keyFileName)
  return readIfExists(file).pipe(
    Effect.flatMap((text) => (text === null ? create(folder, file) : Effect.succeed(text))),
    Effect.mapError(({ cause }) => {
      const code = codeOf(cause)
      return new InvalidSigningKeys({ reason: `${file} cannot be ${code === undefined ? "used" : `used (${code})`}` })
    }),
    Effect.flatMap((text) =>
      Result.mapError(parse(text), ({ reason }) => new InvalidSigningKeys({ reason: `${file}: ${reason}` })).pipe(
        Effect.fromResult,
      ),
    ),
  )
}

const attempt = <A>(path: string, run: () => Promise<A>): Effect.Effect<A, FileError> =>
  Effect.tryPromise({ try: run, catch: (cause) => new FileError({ path, cause }) })

const readIfExists = (file: string): Effect.Effect<string | null, FileError> =>
  attempt(file, () =>
    readFile(file, "utf8").catch((cause: unknown) => (codeOf(cause) === "ENOENT" ? null : Promise.reject(cause))),
  )

const create = (folder: string, file: string): Effect.Effect<string, FileError> =>
  Effect.gen(function* () {
    yield* attempt(folder, () => mkdir(folder, { recursive: true, mode: 0o700 }))
    const { privateKey } = generateKeyPairSync("ed25519")
    // If several processes race, the first one stores its key, and all read that one.
    yield* writeAtomic(file, privateKey.export({ type: "pkcs8", format: "pem" })).pipe(
      Effect.catchTag("FileExists", () => Effect.void),
    )
    return yield* attempt(file, () => readFile(file, "utf8"))
  })

const fromPrivateKey = (privateKey: KeyObject): SigningKey => {
  const publicKey = createPublicKey(privateKey)
  const { x } = publicKey.export({ format: "jwk" })
  const canonical = JSON.stringify({ crv: "Ed25519", kty: "OKP", x })
  return { kid: createHash("sha256").update(canonical).digest("base64url"), privateKey, publicKey }
}
