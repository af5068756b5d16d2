/** Holds the spans of use cases to the names of the use cases. */
import { expect, it } from "@effect/vitest"
import { filesUnder, readSource } from "../support/sources.ts"

it("the span of a use case has its name, and every endpoint's use case has one", () => {
  const spans = filesUnder("application").flatMap((path) => [
    ...readSource(path).matchAll(/const (\w+) = (?:useCase|Effect\.fn)\("(\w+)"\)/g),
  ])
  const others = spans.filter(([, name, span]) => name !== span).map(([, name]) => name)
  // The function of one email is no use case.
  expect(others).toStrictEqual(["deliver"])

  const handlers = filesUnder("adapters/http/server/handlers").map(readSource).join("\n")
  const called = [...handlers.matchAll(/import \{ (\w+) \} from "[./]+application\/(?:accounts|tasks|categories)\//g)]
  const names = new Set(spans.map(([, name]) => name))
  // Ports, and what every request asks before its use case.
  const withoutSpan = new Set(["PublicKeys", "RevocationSync", "makeIsRevoked"])
  expect(called.length).toBeGreaterThan(20)
  expect(
    called.map(([, name = ""]) => name).filter((name) => !names.has(name) && !withoutSpan.has(name)),
  ).toStrictEqual([])
})
