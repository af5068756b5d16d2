/** The password of every user of a benchmark, and its hash. */

export const password = "Correct Horse 1"

let hashing: Promise<string> | undefined

/** Returns the hash, with the cost that the service uses. All users share it, because it takes time. */
export const passwordHash = (): Promise<string> => {
  hashing ??= import("argon2").then(async ({ argon2id, hash }) => {
    const text = await hash(password, { type: argon2id, memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 })
    return text.replace(/(m=\d+),(p=\d+),(t=\d+)/, "$1,$3,$2")
  })
  return hashing
}
