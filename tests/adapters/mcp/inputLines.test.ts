/** Holds the reading of standard input to one message a line, of a bounded length. */
import { Effect, Result, Stream } from "effect"
import { describe, expect, it } from "vitest"
import { maxLineLength, readLines } from "../../../adapters/mcp/protocol/InputLines.ts"

const read = (...chunks: ReadonlyArray<string>) =>
  Effect.runPromise(Stream.runCollect(readLines(Stream.fromIterable(chunks))))

const tooLong = Result.fail("The message is longer than 512 KiB.")

describe("readLines", () => {
  it("joins a message that comes in parts, and takes the last one without its end", async () => {
    expect(await read("[1", "]\r\n\n[2]\n[", "3]")).toEqual(["[1]\r", "[2]", "[3]"].map((text) => Result.succeed(text)))
  })

  it("names a line that is no message, and goes on", async () => {
    expect(await read("no\n[1]\n")).toEqual([Result.fail("The message is not JSON."), Result.succeed("[1]")])
  })

  it("drops a line that is too long, whether its end has come or not", async () => {
    const longest = `"${"x".repeat(maxLineLength - 2)}"`
    expect(await read(`${longest}\n`)).toEqual([Result.succeed(longest)])
    expect(await read(`${longest} \n[1]\n`)).toEqual([tooLong, Result.succeed("[1]")])
    expect(await read(longest, "x", longest, "\n[1]")).toEqual([tooLong, Result.succeed("[1]")])
    expect(await read(longest, "x", "[1]")).toEqual([tooLong])
  })
})
