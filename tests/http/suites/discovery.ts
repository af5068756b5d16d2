/** Tests the endpoints and headers that lead a program from the host to the rest of the API. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Client, type SuitePorts, startClient } from "../Client.ts"

interface Index {
  readonly name: string
  readonly version: string
  readonly links: ReadonlyArray<{ readonly rel: string; readonly href: string; readonly title: string }>
}

type Targets = ReadonlyArray<{ readonly href: string; readonly type?: string }>

interface LinkSet {
  readonly linkset: ReadonlyArray<Readonly<Record<string, Targets>> & { readonly anchor: string }>
}

const link = [
  '</openapi.json>; rel="service-desc"; type="application/json"',
  '</docs>; rel="service-doc"; type="text/html"',
  '</health/ready>; rel="status"; type="application/json"',
  '</.well-known/api-catalog>; rel="api-catalog"',
].join(", ")

const documents = ["/openapi.json", "/docs", "/health/ready"]

export const suite = (name: string, ports: SuitePorts) =>
  describe(`the discovery on ${name}`, () => {
    let client: Client
    beforeAll(async () => {
      client = await startClient(ports)
    })
    afterAll(() => client.stop())

    it("every place that a caller may begin at names the documents in its Link header", async () => {
      const places = { "/": 303, "/api": 200, "/api/v1": 200, "/.well-known/api-catalog": 200 }
      for (const [path, status] of Object.entries(places)) {
        for (const method of ["GET", "HEAD"]) {
          const answer = await client.ask(method, path)
          expect([path, answer.status, answer.headers.get("link")]).toEqual([path, status, link])
          expect(answer.headers.has("ratelimit")).toBe(false)
        }
      }
      expect((await client.ask("GET", "/api/v1/tasks")).headers.has("link")).toBe(false)
    })

    it("/api leads to the version, and back", async () => {
      const { body } = await client.ask<Index>("GET", "/api")
      expect(body.name).toBe("Taskwright")
      expect(body.links.filter(({ rel }) => rel === "item").map(({ href }) => href)).toEqual(["/api/v1"])
      const version = await client.ask<Index>("GET", "/api/v1")
      expect(version.body.links.find(({ rel }) => rel === "up")?.href).toBe("/api")
      for (const { href, title } of [...body.links, ...version.body.links]) {
        expect(title).toMatch(/\w/)
        const { status } = await client.ask("GET", href)
        expect([href, [200, 401].includes(status)]).toEqual([href, true])
      }
    })

    it("/api/v1 lists what can be read without an id", async () => {
      const { body } = await client.ask<Index>("GET", "/api/v1")
      const items = body.links.filter(({ rel }) => rel === "item").map(({ href }) => href)
      expect(items).toEqual(
        expect.arrayContaining(
          ["users/me", "tasks", "categories", "changes", "history", "trash"].map((path) => `/api/v1/${path}`),
        ),
      )
      expect(items.filter((href) => href.includes(":"))).toEqual([])
      expect(body.links.filter(({ href }) => documents.includes(href)).map(({ rel }) => rel)).toEqual([
        "service-desc",
        "service-doc",
        "status",
      ])
    })

    it("the catalog is a link set with the profile of its standard", async () => {
      const { body, headers } = await client.ask<LinkSet>("GET", "/.well-known/api-catalog")
      expect(headers.get("content-type")).toBe(
        'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"',
      )
      const [catalog, version] = body.linkset
      expect(catalog).toEqual({ anchor: "/.well-known/api-catalog", item: [{ href: "/api/v1" }] })
      expect(version).toEqual({
        anchor: "/api/v1",
        "service-desc": [{ href: "/openapi.json", type: "application/json" }],
        "service-doc": [{ href: "/docs", type: "text/html" }],
        status: [{ href: "/health/ready", type: "application/json" }],
      })
    })
  })
