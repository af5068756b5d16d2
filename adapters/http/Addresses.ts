import { FindMyWay, type HttpRouter } from "effect/http"

/** An address is taken to the letter: no second spelling of it reaches a handler. */
export const routerConfig = { caseSensitive: true, ignoreDuplicateSlashes: false, ignoreTrailingSlash: false } as const

export interface Address {
  readonly method: string
  readonly path: HttpRouter.PathInput
}

/** What there is at an address: its template, and the methods that it takes, as the `Allow` header has them. */
export interface Place {
  readonly path: string
  readonly methods: string
}

/** Finds what there is at an address, whatever the method; nothing where no route is. */
export const placesOf = (addresses: Iterable<Address>): ((url: string) => Place | undefined) => {
  const methodsOf = new Map<HttpRouter.PathInput, Set<string>>()
  for (const { method, path } of addresses) {
    const methods = methodsOf.get(path) ?? new Set(["OPTIONS"])
    methods.add(method)
    if (method === "GET") methods.add("HEAD")
    methodsOf.set(path, methods)
  }
  const router = FindMyWay.make<Place>(routerConfig)
  for (const [path, methods] of methodsOf) router.on("GET", path, { path, methods: [...methods].sort().join(", ") })
  return (url) => router.find("GET", url)?.handler
}
