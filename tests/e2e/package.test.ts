/** Holds the packed npm package to its contents, its examples and its documentation. */
import { afterAll, beforeAll, describe } from "vitest"
import { adapterDocs } from "./package/adapterDocs.ts"
import { clientDocs } from "./package/clientDocs.ts"
import { contents } from "./package/contents.ts"
import { examples } from "./package/examples.ts"
import { type PackedPackage, packAndInstall } from "./package/PackedPackage.ts"

// One build serves all tests of the package, so that no two write it at once.
let packed: PackedPackage
beforeAll(async () => {
  packed = await packAndInstall()
}, 240_000)
afterAll(() => packed?.remove())

const thePackage = () => packed

contents(thePackage)
describe("examples", () => examples(thePackage))
describe("docs", () => {
  clientDocs(thePackage)
  adapterDocs()
})
