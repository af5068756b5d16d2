// Identifiers: UUIDs of version 7 from cached random bits.
import { randomUUID } from "node:crypto"

export const newId = () => {
  const time = Date.now().toString(16).padStart(12, "0")
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`
}
