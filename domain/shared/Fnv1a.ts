/** A short hash that tells texts apart. It protects against mistakes, and not against forgery. */

/** Returns FNV-1a with 32 bits over the text's UTF-16 units: from 0 to 2^32 - 1. For ASCII it is that over the bytes. */
export const fnv1a = (text: string): number => {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash >>> 0
}
