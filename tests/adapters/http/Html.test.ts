/** Holds HTML templates to escaped values. */
import { describe, expect, it } from "@effect/vitest"
import * as fc from "fast-check"
import { html } from "../../../adapters/http/server/pages/Html.ts"

describe("markup", () => {
  it("shows text as text, and keeps markup", () => {
    const inner = html`<b title="${'"'}">${"<&'>"}</b>`
    expect(html`<p>${inner} ${7}</p>`.text).toBe('<p><b title="&quot;">&lt;&amp;&#39;&gt;</b> 7</p>')
  })

  it("has no tag, quote or entity that comes from text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(html`${text}`.text).not.toMatch(/[<>"']|&(?!(?:amp|lt|gt|quot|#39);)/)
      }),
    )
  })
})
