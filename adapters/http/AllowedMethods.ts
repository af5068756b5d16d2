import { FindMyWay, type HttpRouter } from "effect/http"

/** An address is taken to the letter: no second spelling of it reaches a handler. */
export const routerConfig = { caseSensitive: true, ignoreDuplicateSlashes: false, ignoreTrailingSlash: false } as const

export interface Address {
  readonly method: string
  readonly path: HttpRouter.PathInput
}

/** Finds the methods that an address takes, for the `Allow` header; none where there is nothing at the address. */
export const allowedMethods = (addresses: Iterable<Address>): ((url: string) => string | undefined) => {
  const methodsOf = new Map<HttpRouter.PathInput, Set<string>>()
  for (const { method, path } of addresses) {
    const methods = methodsOf.get(path) ?? new Set(["OPTIONS"])
    methods.add(method)
    if (method === "GET") methods.add("HEAD")
    methodsOf.set(path, methods)
  }
  const router = FindMyWay.make<string>(routerConfig)
  for (const [path, methods] of methodsOf) router.on("GET", path, [...methods].sort().join(", "))
  return (url) => router.find("GET", url)?.handler
}
