/** Holds the command to a zone that `TZ` names by its offset alone. */
import { ConfigProvider, DateTime, Effect } from "effect"
import { afterAll, beforeAll, expect, it } from "vitest"
import { localZone } from "../../../adapters/cli/dates/LocalZone.ts"

/** In a file of its own, because Effect caches one zone for all zones without a name. */

const former = process.env["TZ"]
beforeAll(() => {
  process.env["TZ"] = "JST-9"
})
afterAll(() => {
  if (former === undefined) delete process.env["TZ"]
  else process.env["TZ"] = former
})

it("a TZ with an offset alone is a time zone", () => {
  const provider = ConfigProvider.fromEnv({ env: { TZ: "JST-9" } })
  const zone = Effect.runSync(Effect.provideService(localZone, ConfigProvider.ConfigProvider, provider))
  const noon = DateTime.makeZonedUnsafe(Date.UTC(2026, 11, 24, 12), { timeZone: zone, adjustForTimeZone: true })
  expect(DateTime.formatIso(noon)).toBe("2026-12-24T03:00:00.000Z")
})
