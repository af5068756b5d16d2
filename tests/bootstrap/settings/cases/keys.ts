/** The keys that tests of settings give, in the format of their setting. */
import { generateKeyPairSync, type KeyObject } from "node:crypto"

export const pem = (key: KeyObject): string => key.export({ type: "pkcs8", format: "pem" }).toString()
export const privateKey = pem(generateKeyPairSync("ed25519").privateKey)
export const rsaKey = pem(generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey)
