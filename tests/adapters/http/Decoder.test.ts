/** Holds the request decoder to the paths of all mistakes at a bounded cost. */
import { Result, Schema } from "effect"
import { describe, expect, it } from "vitest"
import { makeDecoder } from "../../../adapters/http/server/request/Decoder.ts"
import { fieldErrors } from "../../../adapters/http/server/request/FieldErrors.ts"

let looks = 0
const Odd = Schema.Number.check(
  Schema.makeFilter((value) => {
    looks++
    return value % 2 === 1
  }),
)
const decode = makeDecoder(
  Schema.Struct({ id: Schema.String, items: Schema.optionalKey(Schema.Array(Odd)) }).annotate({
    identifier: "Example",
  }),
)

/** Returns the paths of the mistakes, and how many items were read. */
const mistakesIn = (value: unknown) => {
  looks = 0
  const read = decode(value)
  return { paths: Result.isFailure(read) ? fieldErrors("body", read.failure).map(({ path }) => path) : [], looks }
}

describe("makeDecoder", () => {
  it("reads what is right, however long", () => {
    expect(mistakesIn({ id: "a", items: Array(1_000).fill(1) })).toStrictEqual({ paths: [], looks: 1_000 })
  })

  it("names all mistakes, and looks at no more of them than a bound", () => {
    const { looks, paths } = mistakesIn({ id: 1, items: Array(30_000).fill(2) })
    expect(paths).toContain("body.id")
    expect(paths).toContain("body.items.0")
    expect(looks).toBeLessThanOrEqual(201)
  })

  it("finds a field behind thousands that it does not know, and names no field as missing that is there", () => {
    const unknown = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`k${index}`, 1]))
    expect(mistakesIn({ ...unknown, id: "a" }).paths).not.toContain("body.id")
    expect(mistakesIn({ ...unknown, id: "a" }).paths).toHaveLength(50)
  })

  it("finds a mistake that stands behind all that it looks at", () => {
    const { paths } = mistakesIn({ id: "a", items: [...Array(2_000).fill(1), 2] })
    expect(paths).toStrictEqual(["body.items.2000"])
  })

  it("names the unknown fields of objects in objects too", () => {
    const nested = makeDecoder(
      Schema.Struct({ inner: Schema.optionalKey(Schema.Struct({ id: Schema.String })), id: Schema.String }),
    )
    const read = nested({ id: "a", inner: { id: "b", more: 1 } })
    expect(Result.isFailure(read) && fieldErrors("body", read.failure)).toEqual([
      { path: "body.inner.more", message: "is not a known field" },
    ])
  })

  it("takes any field where the schema takes any", () => {
    const open = makeDecoder(
      Schema.StructWithRest(Schema.Struct({ id: Schema.String }), [Schema.Record(Schema.String, Schema.Unknown)]),
    )
    expect(open({ id: "a", more: 1 })).toEqual(Result.succeed({ id: "a", more: 1 }))
  })

  it("treats a key that JavaScript knows as any other", () => {
    expect(mistakesIn(JSON.parse('{"id":"a","__proto__":1}')).paths).toStrictEqual(["body.__proto__"])
  })
})
